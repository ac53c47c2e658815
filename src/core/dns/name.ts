import { DecodeError, type ByteWriter } from '../net/bytes.ts';
import { cString, utf8 } from '../net/text.ts';

/** The labels of a domain name, outermost last, in the case they came in; none for the root (RFC 1035 3.1). */
export type Name = readonly string[];

const POINTER = 0xc0;
/** Bytes of a name on the wire, and of a label. */
const LONGEST = { name: 255, label: 63 } as const;

export interface ReadName {
  readonly name: Name;
  /** Where reading goes on behind it. */
  readonly next: number;
}

/**
 * Reads a name from `at`. A pointer may only lead to before the name it stands in, so that every jump leads further back, and
 * a name has at most 255 bytes: reading ends (RFC 1035 4.1.4).
 */
export function readName(message: Uint8Array, at: number): ReadName {
  const name: string[] = [];
  let [place, start, next, length] = [at, at, -1, 1];
  for (;;) {
    const size = byteAt(message, place);
    if (size === 0) return { name, next: next < 0 ? place + 1 : next };
    if (size >= POINTER) {
      const target = (size & ~POINTER) * 256 + byteAt(message, place + 1);
      if (target >= start) throw new DecodeError(`a name at ${at} points on to ${target}`);
      next = next < 0 ? place + 2 : next;
      [place, start] = [target, target];
      continue;
    }
    length += size + 1;
    if (size > LONGEST.label || length > LONGEST.name) throw new DecodeError(`the name at ${at} is too long`);
    name.push(labelAt(message, place + 1, size));
    place += size + 1;
  }
}

function byteAt(message: Uint8Array, at: number): number {
  const byte = message[at];
  if (byte === undefined) throw new DecodeError(`a name ends at ${at}, behind the end`);
  return byte;
}

function labelAt(message: Uint8Array, from: number, size: number): string {
  const bytes = message.subarray(from, from + size);
  if (bytes.length < size || bytes.includes(0)) throw new DecodeError(`the label at ${from} is no text`);
  return cString(bytes);
}

/** Where names began that were already written, by their text. */
export type Written = Map<string, number>;

/** Writes a name, with a pointer to the longest end of it that stands in the message already. */
export function writeName(writer: ByteWriter, name: Name, written: Written): void {
  for (let at = 0; at < name.length; at += 1) {
    const rest = nameText(name.slice(at));
    const before = written.get(rest);
    if (before !== undefined) return void writer.u16((POINTER << 8) | before);
    // Pointers have 14 bits.
    if (writer.length < 0x4000) written.set(rest, writer.length);
    const label = latin(name[at] ?? '');
    writer.u8(label.length).put(label);
  }
  writer.u8(0);
}

/** A label is bytes, not text (RFC 2181 11): they stand one to a character. */
const latin = (label: string): Uint8Array =>
  Uint8Array.from(label, (char) => char.charCodeAt(0)).subarray(0, LONGEST.label);

/** How names are compared: in small letters, `.` between labels, one within a label escaped. */
export const nameText = (name: Name): string =>
  name.map((label) => label.toLowerCase().replaceAll(/[\\.]/g, String.raw`\$&`)).join('.');

/** The name of a text without escapes, as hosts and domains of cluster.yaml have them. */
export const nameOf = (text: string): Name =>
  text
    .split('.')
    .filter((label) => label !== '')
    .map((label) => cString(utf8(label)));

/** The labels in front of `zone`, or undefined where the name does not end in it. */
export function below(name: Name, zone: Name): Name | undefined {
  const front = name.length - zone.length;
  return front >= 0 && nameText(name.slice(front)) === nameText(zone) ? name.slice(0, front) : undefined;
}
