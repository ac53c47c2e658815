/** Reads what the switch needs of an Ethernet frame (IEEE 802.3) in place: `at` is where the frame begins in `bytes`. */

const ETHERNET_HEADER = 14;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
/** Wake-on-LAN without IP (AMD, "Magic Packet Technology", 1995; the number is the IEEE's). */
const ETHERTYPE_WAKE = 0x0842;
const PROTOCOL_TCP = 6;
const PROTOCOL_UDP = 17;
const MAGIC_REPEATS = 16;

const u8 = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;
const u16 = (bytes: Uint8Array, at: number): number => u8(bytes, at) * 0x100 + u8(bytes, at + 1);

/** A MAC address as a number of 48 bits: the key of the tables, cheaper than text at a hundred thousand frames a second. */
export function macNumber(bytes: Uint8Array, at: number): number {
  return (u16(bytes, at) * 0x1_0000 + u16(bytes, at + 2)) * 0x1_0000 + u16(bytes, at + 4);
}

export const destination = (bytes: Uint8Array, at: number): number => macNumber(bytes, at);
export const source = (bytes: Uint8Array, at: number): number => macNumber(bytes, at + 6);
/** The group bit of the first byte: broadcast and multicast. */
export const isGroup = (bytes: Uint8Array, at: number): boolean => (u8(bytes, at) & 1) === 1;

/** Protocol number of the packet inside, IPv4 or IPv6 without extension headers; -1 for what is no IP. */
function protocol(bytes: Uint8Array, at: number): number {
  const type = u16(bytes, at + 12);
  if (type === ETHERTYPE_IPV4) return u8(bytes, at + 23);
  return type === ETHERTYPE_IPV6 ? u8(bytes, at + 20) : -1;
}

export const isTcp = (bytes: Uint8Array, at: number): boolean => protocol(bytes, at) === PROTOCOL_TCP;

/** DHCPv4 in either direction: UDP to port 67 or 68 (RFC 2131 4.1). */
export function isDhcp(bytes: Uint8Array, at: number): boolean {
  return dhcpPort(bytes, at) !== 0;
}

/** DHCPv4 from a client: UDP to port 67. */
export const isDhcpRequest = (bytes: Uint8Array, at: number): boolean => dhcpPort(bytes, at) === 67;

function dhcpPort(bytes: Uint8Array, at: number): number {
  if (u16(bytes, at + 12) !== ETHERTYPE_IPV4 || u8(bytes, at + 23) !== PROTOCOL_UDP) return 0;
  const port = u16(bytes, at + ETHERNET_HEADER + (u8(bytes, at + ETHERNET_HEADER) & 15) * 4 + 2);
  return port === 67 || port === 68 ? port : 0;
}

/** Whether the frame carries a magic packet for `mac`: six bytes FF, then the address sixteen times, anywhere in the payload. */
export function isMagicFor(frame: Uint8Array, mac: Uint8Array): boolean {
  const carrier = u16(frame, 12) === ETHERTYPE_WAKE || protocol(frame, 0) === PROTOCOL_UDP;
  if (!carrier) return false;
  const last = frame.length - 6 - MAGIC_REPEATS * 6;
  for (let at = ETHERNET_HEADER; at <= last; at++) if (magicAt(frame, at, mac)) return true;
  return false;
}

function magicAt(frame: Uint8Array, at: number, mac: Uint8Array): boolean {
  for (let i = 0; i < 6; i++) if (frame[at + i] !== 0xff) return false;
  for (let i = 0; i < MAGIC_REPEATS * 6; i++) if (frame[at + 6 + i] !== mac[i % 6]) return false;
  return true;
}
