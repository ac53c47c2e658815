/**
 * What follows block 65,535. The RFCs do not say; nearly every client counts on with 0, a few with 1.
 */
export type Rollover = 0 | 1;

/** The number that stands in a packet for a block, counted from 1 and on past 65,535. */
export function blockNumber(block: number, rollover: Rollover): number {
  return rollover === 0 || block === 0 ? block % 0x1_0000 : ((block - 1) % 0xffff) + 1;
}

/** How many blocks beyond `acked` a number in an ACK is; at most 65,535, for what lies behind it too. */
export function blocksAhead(number: number, acked: number, rollover: Rollover): number {
  const modulus = rollover === 0 ? 0x1_0000 : 0xffff;
  return (number - (acked % modulus) + modulus) % modulus;
}

/** Bytes before the data of a DATA packet (RFC 1350 5). */
export const DATA_HEADER = 4;

/** Puts bytes `from` up to, not including, `to` of a file to where the packets are written, `at` there. */
export type Put = (at: number, from: number, to: number) => void;

/**
 * Writes DATA packets of a file of `size` bytes one behind the other; the last one of the file is shorter, and empty where the
 * bytes end with a whole block. Gives the bytes written.
 */
export function writeBlocks(
  into: Uint8Array,
  start: number,
  { first, blocks, blksize, rollover }: Run,
  size: number,
  put: Put,
): number {
  let at = start;
  for (let block = first; block < first + blocks; block += 1) {
    const number = blockNumber(block, rollover);
    into[at] = 0;
    into[at + 1] = 3;
    into[at + 2] = number >> 8;
    into[at + 3] = number & 0xff;
    at += DATA_HEADER;
    const from = (block - 1) * blksize;
    const to = Math.min(from + blksize, size);
    put(at, from, to);
    at += to - from;
  }
  return at - start;
}

/** Blocks sent one behind the other. */
export interface Run {
  readonly first: number;
  readonly blocks: number;
  readonly blksize: number;
  readonly rollover: Rollover;
}
