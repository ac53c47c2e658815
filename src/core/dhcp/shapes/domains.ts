import { ByteReader, ByteWriter, DecodeError } from '../../net/bytes.ts';
import { cString, utf8 } from '../../net/text.ts';
import type { Shape } from './shape.ts';

const POINTER = 0xc0;
const MOST_POINTERS = 16;

/** Reads one name from `at`; a pointer may only lead back, and only a few times, so reading ends soon (RFC 1035 4.1.4). */
function readName(bytes: Uint8Array, at: number, labels: string[], pointers = 0): number {
  const reader = new ByteReader(bytes.subarray(at));
  for (;;) {
    const length = reader.u8();
    if (length === 0) return at + reader.position;
    if (length < 64) {
      labels.push(cString(reader.take(length)));
      continue;
    }
    const target = (length & ~POINTER) * 256 + reader.u8();
    if (length < POINTER || target >= at || pointers === MOST_POINTERS)
      throw new DecodeError(`a domain name points to ${target} from ${at}`);
    readName(bytes, target, labels, pointers + 1);
    return at + reader.position;
  }
}

/** A search list of domains (RFC 3397). Written without compression. */
export const domains: Shape<readonly string[]> = {
  decode(bytes) {
    const names: string[] = [];
    for (let at = 0; at < bytes.length;) {
      const labels: string[] = [];
      at = readName(bytes, at, labels);
      names.push(labels.join('.'));
    }
    return names;
  },
  encode(names) {
    const writer = new ByteWriter();
    for (const name of names) {
      for (const label of name.split('.').map(utf8)) writer.u8(Math.min(label.length, 63)).put(label.subarray(0, 63));
      writer.u8(0);
    }
    return writer.bytes();
  },
};
