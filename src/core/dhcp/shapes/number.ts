import { ByteReader, ByteWriter, DecodeError } from '../../net/bytes.ts';
import type { Shape } from './shape.ts';

/** An unsigned number of 1, 2 or 4 bytes. */
function number(
  read: (reader: ByteReader) => number,
  write: (writer: ByteWriter, value: number) => void,
): Shape<number> {
  return {
    decode(bytes) {
      const reader = new ByteReader(bytes);
      const value = read(reader);
      reader.end();
      return value;
    },
    encode(value) {
      const writer = new ByteWriter();
      write(writer, value);
      return writer.bytes();
    },
  };
}

export const u8 = number(
  (reader) => reader.u8(),
  (writer, value) => writer.u8(value),
);
export const u16 = number(
  (reader) => reader.u16(),
  (writer, value) => writer.u16(value),
);
export const u32 = number(
  (reader) => reader.u32(),
  (writer, value) => writer.u32(value),
);

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
