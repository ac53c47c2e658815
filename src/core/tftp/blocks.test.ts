import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeBlocks } from './blocks.ts';

test('I10: blocks are written one behind the other, and a last one that is empty', () => {
  const into = new Uint8Array(64);
  const bytes = new Uint8Array([1, 2, 3, 4]);
  const length = writeBlocks(into, { first: 65_535, blocks: 3, blksize: 2, rollover: 0 }, bytes);
  assert.equal(Buffer.from(into.subarray(0, length)).toString('hex'), '0003ffff010200030000030400030001');
});
