import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mac } from '../net/mac.ts';
import { nodeFile, nodePath, piecesTogether, sizeTogether } from './nodeFile.ts';

const MAC = '52:54:00:00:00:01' as Mac;

test('G: the file of a machine is known in whichever folder it is asked for, and others are none', () => {
  for (const part of ['kernel', 'initrds'] as const) {
    const path = nodePath({ mac: MAC, part });
    for (const asked of [path, `loaders/${path}`, `a/b/${path}`])
      assert.deepEqual(nodeFile(asked), { mac: MAC, part }, asked);
  }
  for (const path of ['node/52-54-00-00-00-01/initrd', 'node/52-54-00-00-00/kernel', 'xnode/52-54-00-00-00-01/kernel'])
    assert.equal(nodeFile(path), undefined, path);
  assert.equal(nodeFile('node/52-54-00-00-00-01/kernel/more'), undefined);
});

test('G: archives follow each other at multiples of four, and every stretch of them is made of the right bytes', () => {
  const files = [5, 0, 8, 3, 1].map((size, at) => Buffer.alloc(size, at + 1));
  const sizes = files.map(({ length }) => length);
  const whole = Buffer.from('010101010100000003030303030303030404040005', 'hex');
  assert.equal(sizeTogether(sizes), whole.length);
  for (let from = 0; from <= whole.length; from += 1)
    for (let to = from; to <= whole.length; to += 1) {
      const bytes = Buffer.alloc(to - from);
      for (const { index, from: first, to: last, at } of piecesTogether(sizes, from, to))
        bytes.set(files[index]?.subarray(first, last) ?? [], at);
      assert.deepEqual(bytes, whole.subarray(from, to), `${from} to ${to}`);
    }
});
