import { answer, type Answer, type Role } from '../boot/answer.ts';
import { clientOf, type Client } from '../boot/client.ts';
import { ANY_IPV4, type Ipv4 } from '../net/ipv4.ts';
import type { Tenant } from './assign.ts';
import { destinationOf, type Destination } from './destination.ts';
import { leaseStep, type LeaseEvent, type LeaseReply, type LeaseRules } from './lease.ts';
import type { LeaseBook, LeaseRecord } from './lease-book.ts';
import { BOOTREQUEST, encodePacket, MESSAGE, sizeLimit, type DhcpPacket } from './packet.ts';
import { replyPacket, type ReplyFacts } from './reply.ts';

/** What a DHCP server must know of its network to answer. */
export interface DhcpHouse extends ReplyFacts {
  readonly role: Role;
  readonly rules: LeaseRules;
  readonly book: LeaseBook;
  /** The address cluster.yaml gives a machine. */
  fixedAddress(client: Client): Ipv4 | undefined;
  /** Whether the machine fetched a loader from here since it was switched on. */
  hasLoader(client: Client): boolean;
}

export type Response = {
  readonly client: Client;
  readonly records: readonly LeaseRecord[];
} & (
  | {
      readonly kind: 'reply';
      readonly type: 'offer' | 'ack' | 'nak' | 'inform';
      readonly address: Ipv4;
      /** What it was given to boot, or why not. */
      readonly said: string;
      readonly bytes: Uint8Array;
      readonly to: Destination;
    }
  | { readonly kind: 'silence'; readonly why: string }
);

/** Seconds. Firmware keeps a lease only until the next stage of the boot asks again. */
const LEASE = { firmware: 120, ipxe: 600, system: 3600 } as const;

const TYPES: ReadonlyMap<number | undefined, LeaseEvent['type']> = new Map([
  [MESSAGE.discover, 'discover'],
  [MESSAGE.request, 'request'],
  [MESSAGE.decline, 'decline'],
  [MESSAGE.release, 'release'],
  [MESSAGE.inform, 'inform'],
]);

/** What a server says to one DHCP message. `now` in milliseconds. */
export function respond(request: DhcpPacket, house: DhcpHouse, now: number): Response {
  const client = clientOf(request);
  const silence = (why: string, records: readonly LeaseRecord[] = []): Response => ({
    kind: 'silence',
    why,
    client,
    records,
  });
  const type = TYPES.get(request.options.messageType);
  if (request.op !== BOOTREQUEST) return silence('it is a reply');
  if (type === undefined) return silence(`message type ${request.options.messageType ?? 'BOOTP'} is not for a server`);
  const given = answer({ protocol: 'dhcp', client, hasLoader: house.hasLoader(client) }, house.role);
  if (given.kind === 'silence') return silence(given.why);
  const { reply, records } = leaseStep(house.book, house.rules, leaseEvent(type, request, client, house), now);
  if (reply.kind === 'none') return silence(reply.why, records);
  return { client, records, ...rendered(request, client, reply, given, house) };
}

function leaseEvent(type: LeaseEvent['type'], request: DhcpPacket, client: Client, house: DhcpHouse): LeaseEvent {
  const { requestedAddress: requested, serverId } = request.options;
  return {
    type,
    tenant: tenantOf(client, house),
    requested,
    serverId,
    ciaddr: request.ciaddr,
    seconds: LEASE[client.stage],
  };
}

const tenantOf = (client: Client, house: DhcpHouse): Tenant => ({
  id: client.id,
  mac: client.mac,
  uuid: client.uuid,
  fixed: house.fixedAddress(client),
  boots: client.stage !== 'system',
});

function rendered(
  request: DhcpPacket,
  client: Client,
  reply: Exclude<LeaseReply, { kind: 'none' }>,
  given: Answer,
  house: DhcpHouse,
) {
  const packet = replyPacket(request, client, reply, given, house);
  const { bytes } = encodePacket(packet, sizeLimit(request.options.maxSize));
  const to = destinationOf(request, reply.kind, packet.yiaddr);
  const address = packet.yiaddr === ANY_IPV4 ? request.ciaddr : packet.yiaddr;
  return { kind: 'reply' as const, type: reply.kind, address, said: saidOf(reply, given, packet), bytes, to };
}

function saidOf(reply: LeaseReply, given: Answer, packet: DhcpPacket): string {
  if (reply.kind === 'nak') return reply.why;
  if (given.kind === 'address') return given.why ?? '';
  return packet.options.bootFile ?? packet.file;
}
