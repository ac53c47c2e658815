import { probeStep, type ProbeEvent, type ProbeOut, type Probes, type ProbeRules } from '../core/dhcp/probe.ts';
import { arpProbe, readArp } from '../core/net/arp.ts';
import { DecodeError } from '../core/net/bytes.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import type { Mac } from '../core/net/mac.ts';
import type { Clock } from '../shell/clock.ts';
import type { Link } from '../shell/link.ts';

/** What is done about an address once it is known whether somebody else has it. */
export interface Asked {
  readonly clear: () => void;
  /** `sent`: the address was offered before the answer came. */
  readonly taken: (by: Mac, sent: boolean) => void;
}

/** Asks by ARP whether addresses are free, all at once and never for long. */
export interface Prober {
  /** `clear` is called in the window's time, or at once where too many are waiting. */
  ask(address: Ipv4, mac: Mac | null, asked: Asked): void;
  /** Whether an offer of this address waits for its answer. */
  waits(address: Ipv4): boolean;
}

export interface ProbingDeps {
  readonly link: Link;
  readonly clock: Clock;
  /** Told when so many wait that offers go out unasked. */
  readonly crowded: () => void;
}

/** Milliseconds. On Ethernet an answer takes one or two; a machine that sleeps may take a hundred. */
const WINDOW = 200;
const MOST = 32;
/** Milliseconds between two looks at what came in, while anything is awaited. */
const LOOK = 10;

export function createProber(deps: ProbingDeps, signal: AbortSignal): Prober {
  return new ArpProber(deps, signal);
}

class ArpProber implements Prober {
  readonly #deps: ProbingDeps;
  readonly #signal: AbortSignal;
  readonly #asked = new Map<Ipv4, Asked>();
  #probes: Probes = new Map();
  #looking = false;

  constructor(deps: ProbingDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
  }

  ask(address: Ipv4, mac: Mac | null, asked: Asked): void {
    // What came in before the question is no answer to it.
    if (this.#probes.size === 0) this.#drain(() => undefined);
    this.#asked.set(address, asked);
    this.#feed({ kind: 'ask', address, mac });
    if (!this.#looking && this.#probes.size > 0) void this.#look();
  }

  waits(address: Ipv4): boolean {
    return this.#probes.get(address)?.sent === false;
  }

  async #look(): Promise<void> {
    this.#looking = true;
    while (this.#probes.size > 0 && !this.#signal.aborted) {
      await this.#deps.clock.sleep(LOOK, this.#signal).catch(() => undefined);
      this.#drain((frame) => this.#hear(frame));
      this.#feed({ kind: 'tick' });
    }
    this.#looking = false;
  }

  #drain(each: (frame: Uint8Array) => void): void {
    for (let frame = this.#deps.link.receiveArp(); frame !== undefined; frame = this.#deps.link.receiveArp())
      each(frame);
  }

  #hear(frame: Uint8Array): void {
    try {
      this.#feed({ kind: 'arp', arp: readArp(frame) });
    } catch (error) {
      // Whatever else passes for ARP on this link is no answer.
      if (!(error instanceof DecodeError)) throw error;
    }
  }

  #feed(event: ProbeEvent): void {
    const { link, clock } = this.#deps;
    const rules: ProbeRules = { window: WINDOW, most: MOST, own: link.mac };
    const { state, out } = probeStep(this.#probes, event, rules, clock.now());
    this.#probes = state;
    for (const one of out) this.#act(one);
    if (event.kind === 'tick' && state.size === 0) this.#asked.clear();
  }

  #act(out: ProbeOut): void {
    const { link, crowded } = this.#deps;
    if (out.kind === 'crowded') return crowded();
    if (out.kind === 'probe') return void link.send(arpProbe(link.mac, out.address));
    const asked = this.#asked.get(out.address);
    if (out.kind === 'clear') return asked?.clear();
    this.#asked.delete(out.address);
    asked?.taken(out.by, out.sent);
  }
}
