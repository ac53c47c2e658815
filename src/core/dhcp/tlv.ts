import { ByteReader, ByteWriter } from '../net/bytes.ts';

const PAD = 0;
const END = 255;

/** Values by option code, each whole. */
export type RawOptions = Map<number, Uint8Array>;

/**
 * Reads options (RFC 2132 2) into `into`. PAD is skipped, everything behind END as well, and a missing END is forgiven;
 * a value that reaches past the end is not. A code that comes again is one value cut in pieces (RFC 3396).
 */
export function readOptions(bytes: Uint8Array, into: RawOptions): RawOptions {
  const reader = new ByteReader(bytes);
  while (reader.left > 0) {
    const code = reader.u8();
    if (code === PAD) continue;
    if (code === END) break;
    const value = reader.take(reader.u8());
    const before = into.get(code);
    into.set(code, before === undefined ? value : joined(before, value));
  }
  return into;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** Bytes that a value takes, with a code and a length for every 255 bytes of it. */
export const optionLength = (value: Uint8Array): number =>
  value.length + 2 * Math.max(1, Math.ceil(value.length / 255));

/** Writes one option; a value of more than 255 bytes in pieces (RFC 3396). */
export function writeOption(writer: ByteWriter, code: number, value: Uint8Array): void {
  if (value.length <= 255) return void writer.u8(code).u8(value.length).put(value);
  for (let at = 0; at < value.length; at += 255) {
    const piece = value.subarray(at, at + 255);
    writer.u8(code).u8(piece.length).put(piece);
  }
}

export const writeEnd = (writer: ByteWriter): ByteWriter => writer.u8(END);
