import { utf8 } from '../net/text.ts';

/** Values of ASN.1 in the distinguished encoding (X.690), as far as certificates need them. Written only: Node reads them. */

/** Tags (X.690 8.1.2, X.680 8.4). */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
} as const;

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Length octets (X.690 8.1.3): below 128 in one, else their number and then they. */
function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 0x100)) octets.unshift(rest % 0x100);
  return [0x80 | octets.length, ...octets];
}

const value = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const content = joined(parts);
  return joined([Uint8Array.of(tag, ...lengthOctets(content.length)), content]);
};

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => value(TAG.sequence, ...parts);
export const set = (...parts: readonly Uint8Array[]): Uint8Array => value(TAG.set, ...parts);
export const octetString = (bytes: Uint8Array): Uint8Array => value(TAG.octetString, bytes);
export const text = (said: string): Uint8Array => value(TAG.utf8String, utf8(said));
export const TRUE = value(TAG.boolean, Uint8Array.of(0xff));
export const NULL = value(TAG.null);

/** A positive number, as its bytes with the highest first; a bit that would make it negative gets a zero before it. */
export function integer(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  return (digits[0] ?? 0) < 0x80 ? value(TAG.integer, digits) : value(TAG.integer, Uint8Array.of(0), digits);
}

/** Bits, the last `unused` of which do not count. */
export const bitString = (bytes: Uint8Array, unused = 0): Uint8Array =>
  value(TAG.bitString, Uint8Array.of(unused), bytes);

/** An object identifier like `1.2.840.113549.1.1.11` (X.690 8.19). */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const arcs = [first * 40 + second, ...rest];
  return value(TAG.oid, Uint8Array.from(arcs.flatMap(base128)));
}

function base128(arc: number): number[] {
  const groups = [arc % 0x80];
  for (let rest = Math.floor(arc / 0x80); rest > 0; rest = Math.floor(rest / 0x80))
    groups.unshift(0x80 | (rest % 0x80));
  return groups;
}

/** `YYMMDDhhmmssZ`: years 1950 to 2049. */
export const utcTime = (said: string): Uint8Array => value(TAG.utcTime, utf8(said));

/** A field with a tag of its context: explicit around a whole value, implicit in place of a value's own tag. */
export const explicit = (number: number, inner: Uint8Array): Uint8Array => value(0xa0 | number, inner);
export const implicit = (number: number, content: Uint8Array): Uint8Array => value(0x80 | number, content);
