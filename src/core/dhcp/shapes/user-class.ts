import { ByteReader, ByteWriter } from '../../net/bytes.ts';
import { cString, utf8 } from '../../net/text.ts';
import type { Shape } from './shape.ts';

/** The classes of option 77 if every length adds up (RFC 3004), else undefined. */
function counted(bytes: Uint8Array): readonly string[] | undefined {
  const reader = new ByteReader(bytes);
  const classes: string[] = [];
  while (reader.left > 0) {
    const length = reader.u8();
    if (length === 0 || length > reader.left) return undefined;
    classes.push(cString(reader.take(length)));
  }
  return classes;
}

/** iPXE sends its class as bare text; RFC 3004 wants a length before each. Both are read, the RFC's is written. */
export const userClass: Shape<readonly string[]> = {
  decode: (bytes) => counted(bytes) ?? [cString(bytes)],
  encode(classes) {
    const writer = new ByteWriter();
    for (const name of classes.map(utf8)) writer.u8(name.length).put(name);
    return writer.bytes();
  },
};
