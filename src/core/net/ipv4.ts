/** An IPv4 address as a dotted quad. Kept as text: it is compared, logged and put in scripts more than it is reckoned with. */
export type Ipv4 = string & { readonly __ipv4: true };

export function parseIpv4(text: string): Ipv4 | undefined {
  const parts = text.split('.');
  const fine = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  return fine ? (text as Ipv4) : undefined;
}

/** The address as an unsigned 32-bit number. */
export function ipv4Number(address: Ipv4): number {
  let whole = 0;
  let part = 0;
  // Digit by digit: this is asked several times for every packet.
  for (let at = 0; at < address.length; at += 1) {
    const code = address.charCodeAt(at);
    if (code === DOT) [whole, part] = [whole * 256 + part, 0];
    else part = part * 10 + code - ZERO;
  }
  return whole * 256 + part;
}

const DOT = 0x2e;
const ZERO = 0x30;

export function ipv4OfNumber(value: number): Ipv4 {
  const n = value >>> 0;
  return `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}` as Ipv4;
}

export function ipv4Bytes(address: Ipv4): Uint8Array {
  const n = ipv4Number(address);
  return Uint8Array.of(n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
}

export function ipv4OfBytes(bytes: Uint8Array): Ipv4 {
  return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}` as Ipv4;
}

/** A stretch of addresses, both ends included. */
export interface AddressRange {
  readonly from: Ipv4;
  readonly to: Ipv4;
}

/** Reads `10.1.2.100-10.1.2.199`; undefined for what is no stretch, or runs backwards. */
export function parseRange(text: string): AddressRange | undefined {
  const [first = '', last = '', more] = text.split('-');
  const [from, to] = [parseIpv4(first.trim()), parseIpv4(last.trim())];
  if (from === undefined || to === undefined || more !== undefined) return undefined;
  return ipv4Number(from) <= ipv4Number(to) ? { from, to } : undefined;
}

export const rangeText = ({ from, to }: AddressRange): string => `${from}-${to}`;

export const ANY_IPV4 = '0.0.0.0' as Ipv4;
export const BROADCAST_IPV4 = '255.255.255.255' as Ipv4;

/** A subnet in CIDR terms (RFC 4632): `network` has all host bits zero. */
export interface Subnet {
  readonly network: Ipv4;
  readonly prefix: number;
}

/** Reads `10.0.0.0/24`. Host bits may be set and are dropped; undefined for what is no subnet. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address, prefixText, more] = text.split('/');
  const base = parseIpv4(address ?? '');
  if (base === undefined || more !== undefined || !/^\d{1,2}$/.test(prefixText ?? '')) return undefined;
  const prefix = Number(prefixText);
  return prefix <= 32 ? { network: ipv4OfNumber(ipv4Number(base) & maskNumber(prefix)), prefix } : undefined;
}

const maskNumber = (prefix: number): number => (prefix === 0 ? 0 : (0xffff_ffff << (32 - prefix)) >>> 0);

export const subnetText = (subnet: Subnet): string => `${subnet.network}/${subnet.prefix}`;
export const subnetMask = (subnet: Subnet): Ipv4 => ipv4OfNumber(maskNumber(subnet.prefix));
export const subnetSize = (subnet: Subnet): number => 2 ** (32 - subnet.prefix);

/** The address `index` places after the network address. */
export function subnetAddress(subnet: Subnet, index: number): Ipv4 {
  return ipv4OfNumber(ipv4Number(subnet.network) + index);
}

export const subnetBroadcast = (subnet: Subnet): Ipv4 => subnetAddress(subnet, subnetSize(subnet) - 1);

export function inSubnet(subnet: Subnet, address: Ipv4): boolean {
  return (ipv4Number(address) & maskNumber(subnet.prefix)) >>> 0 === ipv4Number(subnet.network);
}
