import { ByteWriter } from './bytes.ts';
import { ipv4Number, type Ipv4 } from './ipv4.ts';
import { macBytes, type Mac } from './mac.ts';

/** An UDP datagram with all that goes before it on Ethernet. */
export interface UdpFrame {
  readonly source: { readonly mac: Mac; readonly address: Ipv4; readonly port: number };
  readonly target: { readonly mac: Mac; readonly address: Ipv4; readonly port: number };
  readonly payload: Uint8Array;
}

export const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806 } as const;

const IP_HEADER = 20;
const UDP_HEADER = 8;
const HEADERS = 14 + IP_HEADER + UDP_HEADER;
const UDP = 17;
/** Version 4, five words of header. */
const VERSION = 0x45;
/** "Don't fragment": a boot ROM puts no pieces together. */
const DONT_FRAGMENT = 0x4000;
const HOPS = 64;

/** The frame as it goes onto the wire (RFC 894, RFC 791 3.1, RFC 768), without padding and check sequence. */
export function udpFrame({ source, target, payload }: UdpFrame): Uint8Array {
  const writer = new ByteWriter(HEADERS + payload.length);
  writer.put(macBytes(target.mac)).put(macBytes(source.mac)).u16(ETHERTYPE.ipv4);
  const [from, to] = [ipv4Number(source.address), ipv4Number(target.address)];
  const length = UDP_HEADER + payload.length;
  const ip = [VERSION << 8, IP_HEADER + length, 0, DONT_FRAGMENT, (HOPS << 8) | UDP, 0, ...halves(from), ...halves(to)];
  ip[5] = checksum(sumOf(ip));
  for (const word of ip) writer.u16(word);
  const udp = [source.port, target.port, length];
  const pseudo = sumOf([...halves(from), ...halves(to), UDP, length, ...udp]);
  // A sum of 0 would mean "none" (RFC 768).
  const sum = checksum(pseudo + sumOfBytes(payload)) || 0xffff;
  for (const word of [...udp, sum]) writer.u16(word);
  return writer.put(payload).bytes();
}

const halves = (number: number): [number, number] => [number >>> 16, number & 0xffff];

const sumOf = (words: readonly number[]): number => words.reduce((sum, word) => sum + word, 0);

function sumOfBytes(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return sum;
}

/** The ones' complement of the ones' complement sum of 16-bit words (RFC 1071). */
function checksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x1_0000);
  return ~folded & 0xffff;
}
