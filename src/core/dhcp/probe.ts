import type { Arp } from '../net/arp.ts';
import { ANY_IPV4, type Ipv4 } from '../net/ipv4.ts';
import type { Mac } from '../net/mac.ts';

/** An address that is about to be given, and that everybody on the link was asked about. */
interface Probe {
  /** Who is to have it: its own answer is no conflict, since some systems answer for the address they are offered. */
  readonly mac: Mac | null;
  /** When nobody can be expected to answer any more, milliseconds. */
  readonly until: number;
  /** The offer was sent before that, because too many were waiting. */
  readonly sent: boolean;
}

/** The probes under way, by address. */
export type Probes = ReadonlyMap<Ipv4, Probe>;

export type ProbeEvent =
  | { readonly kind: 'ask'; readonly address: Ipv4; readonly mac: Mac | null }
  | { readonly kind: 'arp'; readonly arp: Arp }
  | { readonly kind: 'tick' };

export type ProbeOut =
  /** Ask by ARP. */
  | { readonly kind: 'probe'; readonly address: Ipv4 }
  /** Send the offer of this address. */
  | { readonly kind: 'clear'; readonly address: Ipv4 }
  /** Somebody else has it. `sent`: it was offered already. */
  | { readonly kind: 'taken'; readonly address: Ipv4; readonly by: Mac; readonly sent: boolean }
  /** Offers go out unasked for now. */
  | { readonly kind: 'crowded' };

export interface ProbeRules {
  /** Milliseconds that an answer may take. */
  readonly window: number;
  /** Probes at once; whoever comes then must not wait, and those that wait need not any longer. */
  readonly most: number;
  /** The card that asks. */
  readonly own: Mac;
}

/** One step of asking whether addresses are free (RFC 2131 3.1; RFC 5227 2.1.1), all of them side by side. */
export function probeStep(
  probes: Probes,
  event: ProbeEvent,
  rules: ProbeRules,
  now: number,
): { readonly state: Probes; readonly out: readonly ProbeOut[] } {
  switch (event.kind) {
    case 'ask':
      return ask(probes, event.address, event.mac, rules, now);
    case 'arp':
      return hear(probes, event.arp, rules);
    case 'tick':
      return tick(probes, now);
  }
}

function ask(probes: Probes, address: Ipv4, mac: Mac | null, rules: ProbeRules, now: number) {
  const before = probes.get(address);
  // The same machine asks again while its answer waits.
  if (before !== undefined && before.mac === mac) {
    return { state: probes, out: before.sent ? [{ kind: 'clear', address } as const] : [] };
  }
  if (probes.size >= rules.most) return crowd(probes, address);
  const state = new Map(probes).set(address, { mac, until: now + rules.window, sent: false });
  return { state, out: [{ kind: 'probe', address } as const] };
}

function crowd(probes: Probes, address: Ipv4) {
  const waiting = [...probes].filter(([, probe]) => !probe.sent);
  const clear = [...waiting.map(([one]) => one), address].map((one) => ({ kind: 'clear', address: one }) as const);
  if (waiting.length === 0) return { state: probes, out: clear };
  const state = new Map([...probes].map(([one, probe]) => [one, { ...probe, sent: true }]));
  return { state, out: [{ kind: 'crowded' } as const, ...clear] };
}

/** Whoever answers for the address has it; whoever asks for it in the same way is about to take it. */
function hear(probes: Probes, { sender, target }: Arp, { own }: ProbeRules) {
  const address = sender.address === ANY_IPV4 ? target.address : sender.address;
  const probe = probes.get(address);
  if (probe === undefined || sender.mac === probe.mac || sender.mac === own) return { state: probes, out: [] };
  const state = new Map(probes);
  state.delete(address);
  return { state, out: [{ kind: 'taken', address, by: sender.mac, sent: probe.sent } as const] };
}

function tick(probes: Probes, now: number) {
  const over = [...probes].filter(([, { until }]) => until <= now);
  if (over.length === 0) return { state: probes, out: [] };
  const state = new Map([...probes].filter(([, { until }]) => until > now));
  return {
    state,
    out: over.filter(([, { sent }]) => !sent).map(([address]) => ({ kind: 'clear', address }) as const),
  };
}
