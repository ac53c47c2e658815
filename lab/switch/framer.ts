import { DecodeError } from '../../src/core/net/bytes.ts';

/** QEMU's stream netdev puts the length of each frame before it: 4 bytes, big-endian. */
export const LENGTH_BYTES = 4;
/** QEMU's own limit (NET_BUFSIZE: 4 KiB + 64 KiB). */
const LONGEST = 69_632;

/** Gets one frame with its length before it: `bytes[start..end)`. The bytes stay valid after the call. */
export type EachFrame = (bytes: Buffer, start: number, end: number) => void;

/** Cuts a stream into frames without copying, but for the one frame that straddles two pieces of the stream. */
export class Framer {
  #partial: Buffer = Buffer.alloc(0);

  /** Throws DecodeError where a length cannot be; the stream is lost then. */
  push(chunk: Buffer, each: EachFrame): void {
    const taken = this.#complete(chunk, each);
    if (taken === undefined) {
      this.#partial = Buffer.concat([this.#partial, chunk]);
      return;
    }
    const at = wholeFrames(chunk, taken, each);
    // A copy: the frame to come must not keep the whole piece in memory.
    if (at < chunk.length) this.#partial = Buffer.from(chunk.subarray(at));
  }

  /** Finishes the frame begun in the piece before; returns how much of `chunk` that took, undefined where it is too short. */
  #complete(chunk: Buffer, each: EachFrame): number | undefined {
    const begun = this.#partial;
    if (begun.length === 0) return 0;
    const head = begun.length >= LENGTH_BYTES ? begun : Buffer.concat([begun, chunk.subarray(0, LENGTH_BYTES)]);
    if (head.length < LENGTH_BYTES) return undefined;
    const missing = LENGTH_BYTES + frameLength(head, 0) - begun.length;
    if (chunk.length < missing) return undefined;
    const whole = Buffer.concat([begun, chunk.subarray(0, missing)]);
    this.#partial = Buffer.alloc(0);
    each(whole, 0, whole.length);
    return missing;
  }
}

function wholeFrames(chunk: Buffer, from: number, each: EachFrame): number {
  let at = from;
  while (at + LENGTH_BYTES <= chunk.length) {
    const end = at + LENGTH_BYTES + frameLength(chunk, at);
    if (end > chunk.length) break;
    each(chunk, at, end);
    at = end;
  }
  return at;
}

function frameLength(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32BE(at);
  if (length > LONGEST) throw new DecodeError(`a frame of ${length} bytes is longer than any that QEMU sends`);
  return length;
}
