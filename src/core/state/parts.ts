import { ByteReader, ByteWriter, DecodeError } from '../net/bytes.ts';
import { cString, utf8 } from '../net/text.ts';

/** The body of a record: parts by name, such as `identity`. Parts that this version does not know are kept as they are. */
export type Parts = ReadonlyMap<string, Uint8Array>;

const NAME = /^[a-z][a-z0-9.-]{0,63}$/;

/** Each part as length of its name (1), name, length (4), bytes; in the order of their names. */
export function writeParts(parts: Parts): Uint8Array {
  const writer = new ByteWriter(4096);
  for (const [name, bytes] of [...parts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!NAME.test(name)) throw new DecodeError(`${JSON.stringify(name)} is no name of a part`);
    writer.u8(name.length).put(utf8(name)).u32(bytes.length).put(bytes);
  }
  return writer.bytes();
}

/** Throws DecodeError where the bytes are not exactly what `writeParts` writes. */
export function readParts(body: Uint8Array): Parts {
  const reader = new ByteReader(body);
  const parts = new Map<string, Uint8Array>();
  for (let last = ''; reader.left > 0;) {
    const name = cString(reader.take(reader.u8()));
    if (!NAME.test(name) || name <= last) throw new DecodeError(`${JSON.stringify(name)} is no next part`);
    parts.set(name, reader.take(reader.u32()));
    last = name;
  }
  return parts;
}
