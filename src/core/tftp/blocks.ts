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

/**
 * Writes DATA packets one behind the other, from block `first` on, until `bytes` are used up; the last packet is shorter, and
 * empty where `bytes` end with a whole block and `blocks` wants one more. Gives the bytes written.
 */
export function writeBlocks(into: Uint8Array, { first, blocks, blksize, rollover }: Run, bytes: Uint8Array): number {
  let at = 0;
  for (let index = 0; index < blocks; index += 1) {
    const number = blockNumber(first + index, rollover);
    const from = index * blksize;
    const part = blocks === 1 ? bytes : bytes.subarray(from, from + blksize);
    into[at] = 0;
    into[at + 1] = 3;
    into[at + 2] = number >> 8;
    into[at + 3] = number & 0xff;
    into.set(part, at + DATA_HEADER);
    at += DATA_HEADER + part.length;
  }
  return at;
}

/** Blocks sent one behind the other. */
export interface Run {
  readonly first: number;
  readonly blocks: number;
  readonly blksize: number;
  readonly rollover: Rollover;
}
