import { ByteReader, ByteWriter, DecodeError } from '../net/bytes.ts';
import { ipv4Number, ipv4OfNumber, type Ipv4 } from '../net/ipv4.ts';
import { cString, utf8 } from '../net/text.ts';
import { decodeOptions, encodeOptions, OPTIONS, type Options } from './options.ts';
import { optionLength, readOptions, writeEnd, writeOption, type RawOptions } from './tlv.ts';

/** A DHCP message (RFC 2131 2). */
export interface DhcpPacket {
  /** 1 from a client, 2 from a server. */
  readonly op: number;
  readonly htype: number;
  readonly hlen: number;
  readonly hops: number;
  readonly xid: number;
  readonly secs: number;
  readonly flags: number;
  readonly ciaddr: Ipv4;
  readonly yiaddr: Ipv4;
  readonly siaddr: Ipv4;
  readonly giaddr: Ipv4;
  /** Always all 16 bytes; `hlen` says how many count. */
  readonly chaddr: Uint8Array;
  readonly sname: string;
  readonly file: string;
  readonly options: Options;
  /** The sender ends its texts with a NUL, and will want those of a reply so. */
  readonly terminated?: boolean;
  /** Values by code that go out beside those of `options`, and in place of them where both have a code. */
  readonly extra?: RawOptions | undefined;
}

export interface DecodedPacket {
  readonly packet: DhcpPacket;
  /** Options that had to be left out, and why. */
  readonly flaws: readonly string[];
}

export const BOOTREQUEST = 1;
export const BOOTREPLY = 2;
/** Bit of `flags`: the client cannot take unicast yet (RFC 2131, figure 2). */
export const FLAG_BROADCAST = 0x8000;
export const MESSAGE = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const;

const COOKIE = 0x63825363;
const FIXED = 240;
/** More than any client sends; bounds the work that one packet can cause. */
const MOST = 4096;
/** Some relays and ROMs drop anything shorter (RFC 1542 2.1). */
const LEAST = 300;
/** Bytes that nearly every reply stays below. */
const USUAL = 576;
const IP_UDP = 28;
/** What a client must take that says nothing (RFC 2131 2), and what EDK2 takes at most. */
const LIMIT = { default: 576 - IP_UDP, most: 1472 };
/** A BOOTP message has room for 64 bytes of options, the cookie among them (RFC 1497). */
export const BOOTP_LIMIT = 300;

/** Reads a DHCP message; throws DecodeError for anything else. */
export function decodePacket(bytes: Uint8Array): DecodedPacket {
  if (bytes.length > MOST) throw new DecodeError(`${bytes.length} bytes are more than a DHCP message has`);
  const reader = new ByteReader(bytes);
  const [op, htype, hlen, hops] = [reader.u8(), reader.u8(), reader.u8(), reader.u8()];
  if (hlen > 16 || (htype === 0 && hlen > 0)) throw new DecodeError(`hardware type ${htype} of ${hlen} bytes`);
  const [xid, secs, flags] = [reader.u32(), reader.u16(), reader.u16()];
  const address = (): Ipv4 => ipv4OfNumber(reader.u32());
  const [ciaddr, yiaddr, siaddr, giaddr] = [address(), address(), address(), address()];
  const [chaddr, sname, file] = [reader.take(16).slice(), reader.take(64), reader.take(128)];
  const cookie = reader.u32();
  // A client older than DHCP may leave its vendor area empty (RFC 951).
  if (cookie !== COOKIE && cookie !== 0) throw new DecodeError('no DHCP message: the magic cookie is missing');
  const area = cookie === COOKIE ? reader.rest() : NO_OPTIONS;
  const { raw, usesFile, usesSname } = readAll(area, sname, file);
  const names = { sname: usesSname ? '' : cString(sname), file: usesFile ? '' : cString(file) };
  const { options, flaws } = decodeOptions(raw);
  // Without its type it would pass for BOOTP.
  if (raw.has(OPTIONS.messageType.code) && options.messageType === undefined)
    throw new DecodeError('the message type cannot be read');
  const fixed = { op, htype, hlen, hops, xid, secs, flags, ciaddr, yiaddr, siaddr, giaddr, chaddr, ...names };
  return { packet: isTerminated(raw) ? { ...fixed, options, terminated: true } : { ...fixed, options }, flaws };
}

const NO_OPTIONS = new Uint8Array();
/** Texts whose trailing NUL shows what a client takes for one: host name, domain, vendor class. */
const TEXTS = [12, 15, 60];

function isTerminated(raw: RawOptions): boolean {
  return TEXTS.some((code) => {
    const value = raw.get(code);
    return value !== undefined && value.length > 1 && value[value.length - 1] === 0;
  });
}

/** Options, then those in `file`, then those in `sname`, as option 52 says (RFC 2131 4.1). */
function readAll(options: Uint8Array, sname: Uint8Array, file: Uint8Array) {
  const raw: RawOptions = readOptions(options, new Map());
  const overload = raw.get(OPTIONS.overload.code)?.[0] ?? 0;
  const [usesFile, usesSname] = [(overload & 1) > 0, (overload & 2) > 0];
  if (usesFile) readOptions(file, raw);
  if (usesSname) readOptions(sname, raw);
  return { raw, usesFile, usesSname };
}

/**
 * Bytes that a reply may have for a client that sent `maxSize` (option 57: the whole IP datagram). A senseless small value
 * counts as none.
 */
export function sizeLimit(maxSize: number | undefined): number {
  return maxSize === undefined || maxSize < 576 ? LIMIT.default : Math.min(maxSize - IP_UDP, LIMIT.most);
}

/** How a reply is written. */
export interface Writing {
  /** Bytes that it may have. */
  readonly limit?: number;
  /** Whether a value of more than 255 bytes may go out in pieces (RFC 3396): EDK2 reads the first one only. */
  readonly split?: boolean;
}

/** Writes a message. Options that find no room are left out, and their codes told. */
export function encodePacket(packet: DhcpPacket, writing: Writing = {}): { bytes: Uint8Array; left: number[] } {
  const { limit = LIMIT.most, split = true } = writing;
  const writer = new ByteWriter(USUAL);
  writeFixed(writer, packet);
  const left: number[] = [];
  const all = encodeOptions(packet.options, packet.terminated === true, packet.extra);
  // What a relay put in must come back whatever else finds no room (RFC 3046 2.2).
  const relay = packet.options.relayAgent;
  const kept = relay === undefined ? 1 : 1 + optionLength(relay);
  for (const { code, value } of all) {
    const fits = writer.length + optionLength(value) + kept <= limit && (split || value.length <= 255);
    if (fits || code === OPTIONS.relayAgent.code) writeOption(writer, code, value);
    else left.push(code);
  }
  writeEnd(writer).padTo(LEAST);
  return { bytes: writer.bytes(), left };
}

function writeFixed(writer: ByteWriter, packet: DhcpPacket): void {
  writer.u8(packet.op).u8(packet.htype).u8(packet.hlen).u8(packet.hops);
  writer.u32(packet.xid).u16(packet.secs).u16(packet.flags);
  for (const address of [packet.ciaddr, packet.yiaddr, packet.siaddr, packet.giaddr]) writer.u32(ipv4Number(address));
  writer.put(packet.chaddr).padTo(44);
  writer.put(field(packet.sname, 64)).padTo(108);
  writer.put(field(packet.file, 128)).padTo(FIXED - 4);
  writer.u32(COOKIE);
}

/** A text that does not fit, with its NUL, is left out: half a name leads somewhere else. */
function field(text: string, size: number): Uint8Array {
  const bytes = utf8(text);
  return bytes.length < size ? bytes : new Uint8Array();
}
