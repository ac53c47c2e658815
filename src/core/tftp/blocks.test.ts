import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeBlocks } from './blocks.ts';

test('I10: blocks are written one behind the other, and a last one that is empty', () => {
  const into = new Uint8Array(64);
  const size = 2 * 65_536;
  const put = (at: number, from: number, to: number): void => {
    for (let index = from; index < to; index += 1) into[at + index - from] = index + 5 - size;
  };
  const length = writeBlocks(into, 0, { first: 65_535, blocks: 3, blksize: 2, rollover: 0 }, size, put);
  assert.equal(Buffer.from(into.subarray(0, length)).toString('hex'), '0003ffff010200030000030400030001');
});
