import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Permits } from './permits.ts';

const aMoment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('no more go on at once than may, and they come in the order in which they asked', async () => {
  const permits = new Permits(2);
  const [seen, most] = [[] as string[], [] as number[]];
  let now = 0;
  const worker = async (name: string): Promise<void> => {
    for (let round = 0; round < 3; round += 1) {
      await permits.take();
      seen.push(name);
      most.push((now += 1));
      await aMoment();
      now -= 1;
      permits.give();
    }
  };
  await Promise.all(['a', 'b', 'c'].map(worker));
  assert.equal(seen.join(''), 'abcabcabc');
  assert.equal(Math.max(...most), 2);
});

test('it is seen whether somebody waits, and a permit given back when nobody does is not lost', async () => {
  const permits = new Permits(1);
  await permits.take();
  assert.equal(permits.isWanted, false);
  const second = permits.take();
  assert.equal(permits.isWanted, true);
  permits.give();
  await second;
  assert.equal(permits.isWanted, false);
  permits.give();
  await permits.take();
});
