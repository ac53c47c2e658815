import { ByteWriter } from '../net/bytes.ts';
import { ipv4Bytes, parseIpv4, parseSubnet, type Ipv4 } from '../net/ipv4.ts';
import { utf8 } from '../net/text.ts';
import type { OptionKind } from './namedOptions.ts';
import { domains } from './shapes/domains.ts';

/** The bytes of a value as it stands in cluster.yaml; undefined where it is not of the kind. */
export type OptionEncoder = (value: unknown) => Uint8Array | undefined;

const LONGEST = 1000;

/** What each kind is called in a sentence, and how it is written. */
export const KINDS: Readonly<Record<OptionKind, { readonly noun: string; readonly encode: OptionEncoder }>> = {
  address: { noun: 'an IPv4 address', encode: (value) => joined([value], addressBytes) },
  addresses: { noun: 'a list of IPv4 addresses', encode: (value) => joined(listOf(value), addressBytes) },
  text: { noun: 'a text', encode: textBytes },
  u8: { noun: 'a whole number from 0 to 255', encode: (value) => numberBytes(value, 0, 0xff, 1) },
  u16: { noun: 'a whole number from 0 to 65535', encode: (value) => numberBytes(value, 0, 0xffff, 2) },
  u32: { noun: 'a whole number from 0 to 4294967295', encode: (value) => numberBytes(value, 0, 0xffff_ffff, 4) },
  i32: {
    noun: 'a whole number from -2147483648 to 2147483647',
    encode: (value) => numberBytes(value, -0x8000_0000, 0x7fff_ffff, 4),
  },
  boolean: {
    noun: 'true or false',
    encode: (value) => (typeof value === 'boolean' ? Uint8Array.of(value ? 1 : 0) : undefined),
  },
  domains: { noun: 'a list of domains', encode: domainBytes },
  routes: {
    noun: 'a list of routes such as "10.0.0.0/8 via 10.1.2.254"',
    encode: (value) => joined(listOf(value), routeBytes),
  },
  bytes: { noun: 'bytes such as "0x0102ff"', encode: hexBytes },
};

/** Of a code without a name, the form of the value says what it is: addresses, bytes, else a text. */
export const encodeUnnamed: OptionEncoder = (value) =>
  KINDS.addresses.encode(value) ?? hexBytes(value) ?? (isHex(value) ? undefined : textBytes(value));

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [value]);
const isHex = (value: unknown): boolean => typeof value === 'string' && value.startsWith('0x');

function joined(values: readonly unknown[], encode: OptionEncoder): Uint8Array | undefined {
  const writer = new ByteWriter();
  for (const value of values) {
    const bytes = encode(value);
    if (bytes === undefined || writer.length > LONGEST) return undefined;
    writer.put(bytes);
  }
  return writer.length === 0 ? undefined : writer.bytes();
}

const addressOf = (value: unknown): Ipv4 | undefined => (typeof value === 'string' ? parseIpv4(value) : undefined);

function addressBytes(value: unknown): Uint8Array | undefined {
  const address = addressOf(value);
  return address === undefined ? undefined : ipv4Bytes(address);
}

function textBytes(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST ? utf8(value) : undefined;
}

function hexBytes(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string' || value.length > 2 * LONGEST || !/^0x([0-9a-f]{2}:?)+$/i.test(value)) return undefined;
  const pairs = value.slice(2).replaceAll(':', '').match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

function numberBytes(value: unknown, least: number, most: number, size: 1 | 2 | 4): Uint8Array | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) return undefined;
  const writer = new ByteWriter();
  if (size === 1) writer.u8(value);
  else if (size === 2) writer.u16(value);
  else writer.u32(value >>> 0);
  return writer.bytes();
}

function domainBytes(value: unknown): Uint8Array | undefined {
  const names = listOf(value);
  const fine = names.every(
    (name) => typeof name === 'string' && /^([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}$/i.test(name) && name.length < 254,
  );
  return fine && names.length > 0 ? domains.encode(names as readonly string[]) : undefined;
}

/** RFC 3442: the prefix length, the bytes of the network that count, the router. */
function routeBytes(value: unknown): Uint8Array | undefined {
  const [, to = '', via = ''] = typeof value === 'string' ? (/^(\S+)\s+via\s+(\S+)$/.exec(value.trim()) ?? []) : [];
  const [subnet, router] = [parseSubnet(to), parseIpv4(via)];
  if (subnet === undefined || router === undefined) return undefined;
  const network = ipv4Bytes(subnet.network).subarray(0, Math.ceil(subnet.prefix / 8));
  return Uint8Array.of(subnet.prefix, ...network, ...ipv4Bytes(router));
}
