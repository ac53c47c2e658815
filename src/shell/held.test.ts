import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeldFiles } from './held.ts';

const info = (size: number, modified = 0) => ({ size, modified });

function counting(size: number) {
  const reads: number[] = [];
  const read = async (): Promise<Uint8Array> => {
    reads.push(size);
    return new Uint8Array(size);
  };
  return { reads, read };
}

test('many who ask at once cause one read, and a new version another', async () => {
  const held = new HeldFiles({ each: 100, together: 200 });
  const { reads, read } = counting(10);
  const holds = [1, 2, 3].map(() => held.take('a', info(10), read));
  const [first, second] = await Promise.all(holds.flatMap((hold) => hold?.bytes ?? []));
  assert.equal(first, second);
  assert.equal(reads.length, 1);
  held.take('a', info(10, 5), read);
  assert.equal(reads.length, 2);
});

test('what is in use stays and counts; what is not makes room', () => {
  const held = new HeldFiles({ each: 100, together: 150 });
  const { read } = counting(100);
  const first = held.take('a', info(100), read);
  assert.equal(held.take('b', info(100), read), undefined);
  assert.notEqual(held.take('c', info(50), read), undefined);
  first?.release();
  first?.release();
  assert.notEqual(held.take('b', info(100), read), undefined);
  assert.equal(held.take('d', info(1), read), undefined);
});

test('an old version that is still in use counts until it is released', () => {
  const held = new HeldFiles({ each: 100, together: 150 });
  const { read } = counting(100);
  const old = held.take('a', info(100), read);
  assert.equal(held.take('a', info(100, 1), read), undefined);
  old?.release();
  assert.notEqual(held.take('a', info(100, 1), read), undefined);
});

test('a file that cannot be read is not held', async () => {
  const held = new HeldFiles({ each: 100, together: 100 });
  const broken = held.take('a', info(100), async () => Promise.reject(new Error('input/output error')));
  await assert.rejects(async () => broken?.bytes);
  broken?.release();
  const { reads, read } = counting(100);
  await held.take('a', info(100), read)?.bytes;
  assert.equal(reads.length, 1);
});

test('what is too large is never held', () => {
  assert.equal(new HeldFiles({ each: 10, together: 100 }).take('a', info(11), counting(11).read), undefined);
});
