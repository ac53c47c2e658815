import { ANY_IPV4, inSubnet, type Ipv4 } from '../net/ipv4.ts';
import { assign, fixedIsFree, mayHave, type Tenant } from './assign.ts';
import type { Lease, LeaseBook, LeaseRecord } from './lease-book.ts';
import { addressFor, inPool, type Pool } from './pool.ts';

/** What a client asks, stripped of how it stands in a packet. */
export interface LeaseEvent {
  readonly type: 'discover' | 'request' | 'decline' | 'release' | 'inform' | 'bootp';
  readonly tenant: Tenant;
  /** Option 50. */
  readonly requested: Ipv4 | undefined;
  /** Option 54. */
  readonly serverId: Ipv4 | undefined;
  readonly ciaddr: Ipv4;
  /** Seconds that this client gets a lease for. */
  readonly seconds: number;
  /** A relay agent says that the client sent this to one server only (RFC 5010). */
  readonly unicast?: boolean;
}

export interface LeaseRules {
  readonly pool: Pool;
  /** Every address by which a client may name this server. */
  readonly own: ReadonlySet<Ipv4>;
  /** Whether no other server may know better about the subnet (RFC 2131 4.3.2); true where absent. */
  readonly authoritative?: boolean | undefined;
}

export type LeaseReply =
  | {
      readonly kind: 'offer' | 'ack' | 'bootp';
      readonly address: Ipv4;
      readonly seconds: number;
      /** The machine does not hold this address yet: somebody else might use it. */
      readonly fresh: boolean;
      /** What is odd about the request that was granted. */
      readonly remark?: string;
    }
  | { readonly kind: 'inform' }
  | { readonly kind: 'nak'; readonly why: string }
  | { readonly kind: 'none'; readonly why: string; readonly cause?: 'full' | 'declined' };

export interface LeaseStep {
  readonly reply: LeaseReply;
  /** What the caller applies to the book and writes down. */
  readonly records: readonly LeaseRecord[];
}

/** Milliseconds that an offered address waits for its REQUEST. */
const OFFER_HELD = 60_000;
/** Milliseconds that an address rests which was found in use. */
const PROBATION = 600_000;

const none = (why: string, records: readonly LeaseRecord[] = [], cause?: 'full' | 'declined'): LeaseStep => ({
  reply: { kind: 'none', why, ...(cause === undefined ? {} : { cause }) },
  records,
});
const full = (): LeaseStep => none('every address of the pool is in use', [], 'full');
const nak = (why: string): LeaseStep => ({ reply: { kind: 'nak', why }, records: [] });

/** Only a server that knows all leases of a subnet may say no; any other has to say nothing (RFC 2131 4.3.2). */
const refuse = (rules: LeaseRules, why: string): LeaseStep => (rules.authoritative === false ? none(why) : nak(why));

/** One step of the server's side of RFC 2131 4.3. `now` in milliseconds on a clock that never jumps. */
export function leaseStep(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, now: number): LeaseStep {
  switch (event.type) {
    case 'discover':
      return discover(book, rules, event, now);
    case 'request':
      return request(book, rules, event, now);
    case 'decline':
      return decline(book, rules, event, now);
    case 'release':
      return release(book, rules, event, now);
    case 'inform':
      return { reply: { kind: 'inform' }, records: [] };
    case 'bootp':
      return bootp(book, rules, event, now);
  }
}

const networkOf = (rules: LeaseRules): Ipv4 => rules.pool.subnet.network;

function discover(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, now: number): LeaseStep {
  const address = assign(book, rules.pool, event.tenant, event.requested, now);
  if (address === undefined) return full();
  const before = book.of(event.tenant.id, networkOf(rules));
  const holds = before?.address === address && before.until > now;
  const bound = holds && before.state === 'bound';
  const lease: Lease = { ...leaseOf(rules, event, before, address, now), state: 'offered', until: now + OFFER_HELD };
  // A DISCOVER of a machine that still holds its lease takes nothing from it.
  return {
    reply: { kind: 'offer', address, seconds: event.seconds, fresh: !holds },
    records: bound ? [] : [{ kind: 'lease', lease }],
  };
}

function leaseOf(rules: LeaseRules, event: LeaseEvent, before: Lease | undefined, address: Ipv4, now: number): Lease {
  const { id, mac, uuid, boots } = event.tenant;
  return {
    id,
    mac,
    uuid: uuid ?? before?.uuid ?? null,
    network: networkOf(rules),
    address,
    state: 'bound',
    until: now + event.seconds * 1000,
    boots: boots || (before?.boots ?? false),
  };
}

function grant(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, address: Ipv4, now: number): LeaseStep {
  const before = book.of(event.tenant.id, networkOf(rules));
  const lease = leaseOf(rules, event, before, address, now);
  // A firmware's short lease must not cut the longer one that the same machine's system was promised.
  const promised = before?.address === address && before.state === 'bound' && before.until > lease.until;
  return {
    reply: {
      kind: event.type === 'bootp' ? 'bootp' : 'ack',
      address,
      seconds: event.seconds,
      fresh: before?.address !== address,
    },
    records: [{ kind: 'lease', lease: promised ? { ...lease, until: before.until } : lease }],
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
  const before = book.of(tenant.id, networkOf(rules));
  if (!rules.own.has(serverId)) {
    const forget = { kind: 'forget', id: tenant.id, network: networkOf(rules) } as const;
    return none(`the client chose the server ${serverId}`, before?.state === 'offered' ? [forget] : []);
  }
  const wanted = event.requested ?? (event.ciaddr === ANY_IPV4 ? before?.address : event.ciaddr);
  if (wanted === undefined) return nak('nothing was offered');
  if (!mayHave(book, rules.pool, tenant, wanted, now)) return nak(`${wanted} is not free`);
  return grant(book, rules, event, wanted, now);
}

function initReboot(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, now: number): LeaseStep {
  const { tenant, requested } = event;
  const { pool } = rules;
  const held = book.of(tenant.id, networkOf(rules))?.address;
  if (requested === undefined) return servedUnnamed(book, rules, event, now);
  if (!inSubnet(pool.subnet, requested)) return refuse(rules, `${requested} is of another network`);
  // What a server without the last word never gave may be another's lease.
  if (held === undefined && rules.authoritative === false) return none(`nothing is known of ${requested}`);
  const fixed = fixedIsFree(book, tenant, now) ? tenant.fixed : undefined;
  const expected = fixed ?? held ?? addressFor(tenant.id, pool, () => true);
  if (requested !== expected) return refuse(rules, `${requested} is not the address of this machine`);
  return mayHave(book, pool, tenant, requested, now)
    ? grant(book, rules, event, requested, now)
    : refuse(rules, `${requested} is not free`);
}

/** Against the RFC, and as Kea does: such clients exist, and a NAK sends them round in circles. */
function servedUnnamed(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, now: number): LeaseStep {
  const address = assign(book, rules.pool, event.tenant, undefined, now);
  if (address === undefined) return full();
  const { reply, records } = grant(book, rules, event, address, now);
  return { records, reply: reply.kind === 'ack' ? { ...reply, remark: 'the request named no address' } : reply };
}

/** RENEWING and REBINDING. A lease that is not in the book may be one from before its loss: it is taken up again. */
function extending(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, now: number): LeaseStep {
  const { tenant, ciaddr } = event;
  const held = book.of(tenant.id, networkOf(rules));
  const isOurs = ciaddr === tenant.fixed || inPool(rules.pool, ciaddr) || held?.address === ciaddr;
  if (!isOurs) return none(`${ciaddr} is another server's to extend`);
  // What was sent to this server alone is a lease from this server.
  if (rules.authoritative === false && held?.address !== ciaddr && event.unicast !== true)
    return none(`nothing is known of ${ciaddr}`);
  if (!mayHave(book, rules.pool, tenant, ciaddr, now)) return refuse(rules, `${ciaddr} is not free`);
  // Taking the old address away while the new one is held by another would only send the client round in circles.
  if (tenant.fixed !== undefined && tenant.fixed !== ciaddr && fixedIsFree(book, tenant, now)) {
    return nak(`this machine's address is now ${tenant.fixed}`);
  }
  return grant(book, rules, event, ciaddr, now);
}

function decline(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, now: number): LeaseStep {
  const { tenant, requested, serverId } = event;
  if (serverId !== undefined && !rules.own.has(serverId)) return none(`it declines what ${serverId} gave`);
  const lease = book.of(tenant.id, networkOf(rules));
  if (lease === undefined || (requested !== undefined && requested !== lease.address))
    return none('it declines what it never had');
  return none(`${lease.address} is in use by a stranger`, conflictRecords(lease, now), 'declined');
}

/** What follows when the address of a lease is found in use by a stranger: it rests, and the lease is void. */
export const conflictRecords = ({ id, network, address }: Lease, now: number): readonly LeaseRecord[] => [
  { kind: 'forget', id, network },
  { kind: 'bad', address, until: now + PROBATION },
];

function release(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, now: number): LeaseStep {
  const { serverId, ciaddr } = event;
  if (serverId !== undefined && !rules.own.has(serverId)) return none(`it releases what ${serverId} gave`);
  const lease = book.of(event.tenant.id, networkOf(rules));
  if (lease === undefined || lease.address !== ciaddr) return none('it releases what it never had');
  return none('released', [{ kind: 'lease', lease: { ...lease, state: 'released', until: now } }]);
}

/** BOOTP has no leases: only an address that cluster.yaml fixes can be given for good (RFC 1534 2). */
function bootp(book: LeaseBook, rules: LeaseRules, event: LeaseEvent, now: number): LeaseStep {
  const { fixed } = event.tenant;
  if (fixed === undefined) return none('it speaks BOOTP, and cluster.yaml gives it no address');
  if (!fixedIsFree(book, event.tenant, now)) return none(`${fixed} is not free`);
  return grant(book, rules, event, fixed, now);
}
