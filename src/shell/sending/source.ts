import { readSync } from 'node:fs';
import { Failure } from '../fail.ts';
import type { Source } from './orders.ts';

/** Bytes read at once of a file in RAM: little enough to stay in the processor's cache. */
const AHEAD = 64 * 1024;

/**
 * Puts bytes `from` up to, not including, `to` of the source into `into`, where `at` is. Throws Failure where there are fewer.
 */
export type Copy = (into: Buffer, at: number, from: number, to: number) => void;

export function copierOf(source: Source, size: number): Copy {
  if ('descriptor' in source) return readingAhead(source.descriptor, size);
  const { buffer, byteOffset, byteLength } = source.bytes;
  // Of memory that threads share, a typed array copies word by word; a Buffer does not.
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return (into, at, from, to) => void bytes.copy(into, at, from, to);
}

function readingAhead(descriptor: number, size: number): Copy {
  let [start, piece, room] = [0, Buffer.alloc(0), Buffer.alloc(0)];
  const read = (from: number, to: number): void => {
    const wanted = Math.min(Math.max(AHEAD, to - from), size - from);
    if (room.length < wanted) room = Buffer.allocUnsafeSlow(wanted);
    const count = readSync(descriptor, room, 0, wanted, from);
    [start, piece] = [from, room.subarray(0, count)];
    if (to > from + count) throw new Failure('the file became shorter while it was sent', 'Replace files by renaming.');
  };
  return (into, at, from, to) => {
    if (from < start || to > start + piece.length) read(from, to);
    piece.copy(into, at, from - start, to - start);
  };
}
