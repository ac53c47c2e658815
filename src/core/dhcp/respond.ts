import { answer, sentenceOfAnswer, type Answer, type Policy } from '../boot/answer.ts';
import { clientOf, type Client } from '../boot/client.ts';
import { ANY_IPV4, inSubnet, type Ipv4 } from '../net/ipv4.ts';
import type { Tenant } from './assign.ts';
import { destinationOf, SERVER_PORT, type Destination, type Origin } from './destination.ts';
import { HABITS, type NetworkHabits } from './habits.ts';
import { leaseStep, type LeaseEvent, type LeaseReply, type LeaseRules } from './lease.ts';
import type { LeaseBook, LeaseRecord } from './lease-book.ts';
import { BOOTP_LIMIT, BOOTREQUEST, encodePacket, MESSAGE, sizeLimit, type DhcpPacket } from './packet.ts';
import { proxyRespond } from './proxy.ts';
import { relayInfo } from './relayInfo.ts';
import { replyPacket, type ReplyFacts } from './reply.ts';

/** What a DHCP server must know of one network to answer in it. */
export interface DhcpHouse extends ReplyFacts {
  readonly rules: LeaseRules;
  readonly book: LeaseBook;
  /** The usual ones where absent. */
  readonly habits?: NetworkHabits;
  /** The address cluster.yaml gives a machine. */
  fixedAddress(client: Client): Ipv4 | undefined;
  /** What is decided by about a machine. */
  policy(client: Client): Policy;
  /** Whether the machine fetched a loader from here since it was switched on. */
  hasLoader(client: Client): boolean;
  /** How often its firmware was offered a boot file since it was switched on, and fetched nothing. */
  offersInVain(client: Client): number;
}

/** `proxy`: an offer without an address. */
export type ReplyType = 'offer' | 'ack' | 'nak' | 'inform' | 'bootp' | 'proxy';

export type Response = {
  readonly client: Client;
  readonly records: readonly LeaseRecord[];
} & (
  | {
      readonly kind: 'reply';
      readonly type: ReplyType;
      readonly address: Ipv4;
      /** What it was given to boot, or why not. */
      readonly said: string;
      readonly bytes: Uint8Array;
      readonly to: Destination;
      /** The address is new to the machine and on a link of ours: whether a stranger has it can be asked. */
      readonly probe: boolean;
      /** Seconds for which the machine had asked in vain when it was first heard; 0 if it was heard before. */
      readonly late: number;
    }
  | { readonly kind: 'silence'; readonly why: string; readonly cause?: 'full' | 'declined' }
);

/** Seconds. Firmware keeps a lease only until the next stage of the boot asks again. */
const LEASE = { firmware: 120, ipxe: 600 } as const;

const TYPES: ReadonlyMap<number | undefined, LeaseEvent['type']> = new Map([
  [undefined, 'bootp'],
  [MESSAGE.discover, 'discover'],
  [MESSAGE.request, 'request'],
  [MESSAGE.decline, 'decline'],
  [MESSAGE.release, 'release'],
  [MESSAGE.inform, 'inform'],
]);

/** What a server says to one DHCP message of its network. `now` in milliseconds. */
export function respond(request: DhcpPacket, house: DhcpHouse, now: number, origin?: Origin): Response {
  const client = clientOf(request);
  const { habits = HABITS } = house;
  const silence = (why: string, records: readonly LeaseRecord[] = [], cause?: 'full' | 'declined'): Response => ({
    kind: 'silence',
    why,
    client,
    records,
    ...(cause === undefined ? {} : { cause }),
  });
  const type = TYPES.get(request.options.messageType);
  if (request.op !== BOOTREQUEST) return silence('it is a reply');
  if (type === undefined) return silence(`message type ${request.options.messageType} is not for a server`);
  if (type === 'bootp' && habits.bootp === 'never') return silence('BOOTP is not answered in this network');
  const given = answer({ protocol: 'dhcp', client, hasLoader: house.hasLoader(client) }, house.policy(client));
  if (house.role === 'proxy') return proxyRespond(request, client, given, house, now, SERVER_PORT);
  if (given.kind === 'silence') return silence(sentenceOfAnswer(given));
  const known = house.book.of(client.id, house.rules.pool.subnet.network) !== undefined;
  const { reply, records } = leaseStep(
    house.book,
    rulesFor(request, house),
    eventOf(type, request, client, house),
    now,
  );
  if (reply.kind === 'none') return silence(reply.why, records, reply.cause);
  return {
    client,
    records,
    ...rendered(request, client, reply, given, house, origin),
    late: lateness(request, client, known),
  };
}

/** A server that a relay agent names in our place is us as well. */
function rulesFor(request: DhcpPacket, { rules }: DhcpHouse): LeaseRules {
  const { serverId } = relayInfo(request.options.relayAgent);
  return serverId === undefined || serverId !== request.options.serverId
    ? rules
    : { pool: rules.pool, authoritative: rules.authoritative, own: new Set([...rules.own, serverId]) };
}

function eventOf(type: LeaseEvent['type'], request: DhcpPacket, client: Client, house: DhcpHouse): LeaseEvent {
  const { requestedAddress: requested, serverId, relayAgent } = request.options;
  const { unicast } = relayInfo(relayAgent);
  const { habits = HABITS } = house;
  return {
    type,
    tenant: tenantOf(client, house),
    requested,
    serverId,
    ciaddr: request.ciaddr,
    seconds: client.stage === 'system' ? habits.leaseTime : LEASE[client.stage],
    ...(unicast === undefined ? {} : { unicast }),
  };
}

function tenantOf(client: Client, house: DhcpHouse): Tenant {
  const fixed = house.fixedAddress(client);
  // A machine away from home gets an address of the network that it is in.
  const isHome = fixed !== undefined && inSubnet(house.rules.pool.subnet, fixed);
  return {
    id: client.id,
    mac: client.mac,
    uuid: client.uuid,
    fixed: isHome ? fixed : undefined,
    boots: client.stage !== 'system',
  };
}

type Granted = Exclude<LeaseReply, { kind: 'none' }>;

function rendered(
  request: DhcpPacket,
  client: Client,
  reply: Granted,
  given: Answer,
  house: DhcpHouse,
  origin: Origin | undefined,
) {
  const { habits = HABITS } = house;
  const packet = replyPacket(request, client, reply, given, house, habits);
  const limit = reply.kind === 'bootp' ? BOOTP_LIMIT : sizeLimit(request.options.maxSize);
  const { bytes } = encodePacket(packet, { limit, split: client.bootClass === null });
  const to = destinationOf(request, reply.kind, packet.yiaddr, origin, habits.relayReply);
  const address = packet.yiaddr === ANY_IPV4 ? request.ciaddr : packet.yiaddr;
  // Of what lies behind a relay agent nothing is heard by ARP.
  const probe = reply.kind === 'offer' && reply.fresh && request.giaddr === ANY_IPV4;
  return { kind: 'reply' as const, type: reply.kind, address, said: saidOf(reply, given, packet), bytes, to, probe };
}

function saidOf(reply: Granted, given: Answer, packet: DhcpPacket): string {
  if (reply.kind === 'nak') return reply.why;
  if ('remark' in reply) return reply.remark;
  if (given.kind === 'address') return given.why === null ? '' : sentenceOfAnswer(given);
  return sentenceOfAnswer(given, packet.options.bootFile ?? packet.file);
}

/** Seconds of `secs` that mean a link that came up late. iPXE counts something else there. */
const LATE = 30;

const lateness = ({ secs, options }: DhcpPacket, client: Client, known: boolean): number =>
  !known && client.stage !== 'ipxe' && secs >= LATE && options.messageType === MESSAGE.discover ? secs : 0;
