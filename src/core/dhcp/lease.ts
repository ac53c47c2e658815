import { ANY_IPV4, inSubnet, type Ipv4 } from '../net/ipv4.ts';
import { assign, fixedIsFree, mayHave, type Tenant } from './assign.ts';
import type { Lease, LeaseBook, LeaseRecord } from './lease-book.ts';
import { addressFor, type Pool } from './pool.ts';

/** What a client asks, stripped of how it stands in a packet. */
export interface LeaseEvent {
  readonly type: 'discover' | 'request' | 'decline' | 'release' | 'inform';
  readonly tenant: Tenant;
  /** Option 50. */
  readonly requested: Ipv4 | undefined;
  /** Option 54. */
  readonly serverId: Ipv4 | undefined;
  readonly ciaddr: Ipv4;
  /** Seconds that this client gets a lease for. */
  readonly seconds: number;
}

export interface LeaseRules {
  readonly pool: Pool;
  /** Every address by which a client may name this server. */
  readonly own: ReadonlySet<Ipv4>;
}

export type LeaseReply =
  | { readonly kind: 'offer' | 'ack'; readonly address: Ipv4; readonly seconds: number }
  | { readonly kind: 'inform' }
  | { readonly kind: 'nak'; readonly why: string }
  | { readonly kind: 'none'; readonly why: string };

export interface LeaseStep {
  readonly reply: LeaseReply;
  /** What the caller applies to the book and writes down. */
  readonly records: readonly LeaseRecord[];
}

/** Milliseconds that an offered address waits for its REQUEST. */
const OFFER_HELD = 60_000;
/** Milliseconds that an address rests which a client found in use. */
const PROBATION = 600_000;

const none = (why: string, records: readonly LeaseRecord[] = []): LeaseStep => ({
  reply: { kind: 'none', why },
  records,
});
const nak = (why: string): LeaseStep => ({ reply: { kind: 'nak', why }, records: [] });

/** One step of the server's side of RFC 2131 4.3. `now` in milliseconds on a clock that never jumps. */
export function leaseStep(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, now: number): LeaseStep {
  switch (event.type) {
    case 'discover':
      return discover(book, rules, event, now);
    case 'request':
      return request(book, rules, event, now);
    case 'decline':
      return decline(book, event, now);
    case 'release':
      return release(book, event, now);
    case 'inform':
      return { reply: { kind: 'inform' }, records: [] };
  }
}

function discover(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, now: number): LeaseStep {
  const address = assign(book, rules.pool, event.tenant, event.requested, now);
  if (address === undefined) return none('every address of the pool is in use');
  const before = book.of(event.tenant.id);
  const bound = before?.address === address && before.state === 'bound' && before.until > now;
  const lease: Lease = { ...leaseOf(event, before, address, now), state: 'offered', until: now + OFFER_HELD };
  // A DISCOVER of a machine that still holds its lease takes nothing from it.
  return {
    reply: { kind: 'offer', address, seconds: event.seconds },
    records: bound ? [] : [{ kind: 'lease', lease }],
  };
}

function leaseOf(event: LeaseEvent, before: Lease | undefined, address: Ipv4, now: number): Lease {
  const { id, mac, uuid, boots } = event.tenant;
  const known = { uuid: uuid ?? before?.uuid ?? null, boots: boots || (before?.boots ?? false) };
  return { id, mac, ...known, address, state: 'bound', until: now + event.seconds * 1000 };
}

function grant(book: LeaseBook, event: LeaseEvent, address: Ipv4, now: number): LeaseStep {
  const before = book.of(event.tenant.id);
  const lease = leaseOf(event, before, address, now);
  // A firmware's short lease must not cut the longer one that the same machine's system was promised.
  const until =
    before?.address === address && before.state === 'bound' ? Math.max(lease.until, before.until) : lease.until;
  return {
    reply: { kind: 'ack', address, seconds: event.seconds },
    records: [{ kind: 'lease', lease: { ...lease, until } }],
  };
}

/** The four kinds of REQUEST are told apart as in RFC 2131 4.3.2. */
function request(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, now: number): LeaseStep {
  if (event.serverId !== undefined) return selecting(book, rules, event, now);
  if (event.ciaddr !== ANY_IPV4) return extending(book, rules, event, now);
  return initReboot(book, rules, event, now);
}

function selecting(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, now: number): LeaseStep {
  const { tenant, serverId = ANY_IPV4 } = event;
  if (!rules.own.has(serverId)) {
    const forget = book.of(tenant.id)?.state === 'offered' ? [{ kind: 'forget', id: tenant.id } as const] : [];
    return none(`the client chose the server ${serverId}`, forget);
  }
  const wanted = event.requested ?? (event.ciaddr === ANY_IPV4 ? book.of(tenant.id)?.address : event.ciaddr);
  if (wanted === undefined) return nak('nothing was offered');
  if (!mayHave(book, rules.pool, tenant, wanted, now)) return nak(`${wanted} is not free`);
  return grant(book, event, wanted, now);
}

function initReboot(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, now: number): LeaseStep {
  const { tenant, requested } = event;
  const held = book.of(tenant.id)?.address;
  if (requested === undefined) {
    // Against the RFC, and as Kea does: such clients exist, and a NAK sends them round in circles.
    const address = assign(book, rules.pool, tenant, undefined, now);
    return address === undefined ? none('every address of the pool is in use') : grant(book, event, address, now);
  }
  if (!inSubnet(rules.pool.subnet, requested)) return nak(`${requested} is of another network`);
  const expected = tenant.fixed ?? held ?? addressFor(tenant.id, rules.pool, () => true);
  if (requested !== expected) return nak(`${requested} is not the address of this machine`);
  return mayHave(book, rules.pool, tenant, requested, now)
    ? grant(book, event, requested, now)
    : nak(`${requested} is not free`);
}

/** RENEWING and REBINDING. A lease that is not in the book may be one from before its loss: it is taken up again. */
function extending(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, now: number): LeaseStep {
  const { tenant, ciaddr } = event;
  if (!inSubnet(rules.pool.subnet, ciaddr)) return none(`${ciaddr} is another server's to extend`);
  if (!mayHave(book, rules.pool, tenant, ciaddr, now)) return nak(`${ciaddr} is not free`);
  // Taking the old address away while the new one is held by another would only send the client round in circles.
  if (tenant.fixed !== undefined && tenant.fixed !== ciaddr && fixedIsFree(book, tenant, now)) {
    return nak(`this machine's address is now ${tenant.fixed}`);
  }
  return grant(book, event, ciaddr, now);
}

function decline(book: LeaseBook, event: LeaseEvent, now: number): LeaseStep {
  const { tenant, requested } = event;
  const held = book.of(tenant.id)?.address;
  if (held === undefined || (requested !== undefined && requested !== held))
    return none('it declines what it never had');
  return none(`${held} is in use by a stranger`, [
    { kind: 'forget', id: tenant.id },
    { kind: 'bad', address: held, until: now + PROBATION },
  ]);
}

function release(book: LeaseBook, event: LeaseEvent, now: number): LeaseStep {
  const lease = book.of(event.tenant.id);
  if (lease === undefined || lease.address !== event.ciaddr) return none('it releases what it never had');
  return none('released', [{ kind: 'lease', lease: { ...lease, state: 'released', until: now } }]);
}
