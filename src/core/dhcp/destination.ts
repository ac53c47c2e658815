import { ANY_IPV4, type Ipv4 } from '../net/ipv4.ts';
import { FLAG_BROADCAST, type DhcpPacket } from './packet.ts';
import { relayInfo } from './relayInfo.ts';

/**
 * Where a reply goes. `link` asks for unicast to a machine that has no address yet: whoever sends must bring address and
 * MAC together itself, or may broadcast instead (RFC 2131 4.1).
 */
export type Destination =
  | { readonly kind: 'relay' | 'client'; readonly address: Ipv4; readonly port: number }
  | { readonly kind: 'broadcast'; readonly port: number }
  | { readonly kind: 'link'; readonly address: Ipv4; readonly chaddr: Uint8Array; readonly port: number };

/** Where a packet came from, as its own headers say. */
export interface Origin {
  readonly address: Ipv4;
  readonly port: number;
}

export const SERVER_PORT = 67;
export const CLIENT_PORT = 68;

/** RFC 2131 4.1, the paragraph on `giaddr`. `relayReply: source` is for a relay whose giaddr cannot be reached. */
export function destinationOf(
  request: DhcpPacket,
  kind: 'offer' | 'ack' | 'nak' | 'inform' | 'bootp',
  yiaddr: Ipv4,
  origin?: Origin,
  relayReply: 'giaddr' | 'source' = 'giaddr',
): Destination {
  if (request.giaddr !== ANY_IPV4) return relayOf(request, origin, relayReply);
  // The address of a client that gets a NAK is the very thing that is wrong.
  if (kind === 'nak') return { kind: 'broadcast', port: CLIENT_PORT };
  if (request.ciaddr !== ANY_IPV4) return answeredAtHome(request, kind);
  if ((request.flags & FLAG_BROADCAST) !== 0 || yiaddr === ANY_IPV4) return { kind: 'broadcast', port: CLIENT_PORT };
  return { kind: 'link', address: yiaddr, chaddr: request.chaddr.subarray(0, request.hlen), port: CLIENT_PORT };
}

function relayOf(request: DhcpPacket, origin: Origin | undefined, relayReply: 'giaddr' | 'source'): Destination {
  const { usesSourcePort } = relayInfo(request.options.relayAgent);
  return {
    kind: 'relay',
    address: relayReply === 'source' ? (origin?.address ?? request.giaddr) : request.giaddr,
    port: usesSourcePort ? (origin?.port ?? SERVER_PORT) : SERVER_PORT,
  };
}

/** A DISCOVER with `ciaddr` comes from a broken client, whose address is not to be believed. */
function answeredAtHome(request: DhcpPacket, kind: 'offer' | 'ack' | 'inform' | 'bootp'): Destination {
  return kind === 'offer'
    ? { kind: 'broadcast', port: CLIENT_PORT }
    : { kind: 'client', address: request.ciaddr, port: CLIENT_PORT };
}
