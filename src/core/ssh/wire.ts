import { ByteReader, ByteWriter, DecodeError } from '../net/bytes.ts';
import { cString, utf8 } from '../net/text.ts';

/** Values as SSH writes them (RFC 4251 5): a string is its length in four bytes and its bytes. */
export const putString = (writer: ByteWriter, value: Uint8Array | string): ByteWriter => {
  const bytes = typeof value === 'string' ? utf8(value) : value;
  return writer.u32(bytes.length).put(bytes);
};

export const takeString = (reader: ByteReader): Uint8Array => reader.take(reader.u32());

/** Takes a string that can only be this one; throws DecodeError where it is another. */
export function expectString(reader: ByteReader, wanted: string, what: string): void {
  const found = cString(takeString(reader));
  if (found !== wanted) throw new DecodeError(`${what} is ${JSON.stringify(found)}, not ${wanted}`);
}
