import { ByteReader, ByteWriter, DecodeError } from '../../net/bytes.ts';
import type { Shape } from './shape.ts';

/** An unsigned number of `size` bytes. */
const number = (size: 1 | 2 | 4, read: (reader: ByteReader) => number): Shape<number> => ({
  decode(bytes) {
    const reader = new ByteReader(bytes);
    const value = read(reader);
    reader.end();
    return value;
  },
  encode(value) {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 1) bytes[at] = value >>> (8 * (size - 1 - at));
    return bytes;
  },
});

export const u8 = number(1, (reader) => reader.u8());
export const u16 = number(2, (reader) => reader.u16());
export const u32 = number(4, (reader) => reader.u32());

/** One or more 16-bit numbers, as option 93 holds them (RFC 4578 2.1). */
export const u16List: Shape<readonly number[]> = {
  decode(bytes) {
    if (bytes.length === 0 || bytes.length % 2 > 0)
      throw new DecodeError(`${bytes.length} bytes are no list of 16-bit numbers`);
    const reader = new ByteReader(bytes);
    return Array.from({ length: bytes.length / 2 }, () => reader.u16());
  },
  encode(values) {
    const writer = new ByteWriter();
    for (const value of values) writer.u16(value);
    return writer.bytes();
  },
};
