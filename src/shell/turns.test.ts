import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

test('turns come in the order in which they were asked for, and other events come between any two', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  let others = 0;
  const other = (): void => {
    others += 1;
    if (others < 50) setImmediate(other);
  };
  const worker = async (name: string): Promise<void> => {
    for (let round = 0; round < 3; round += 1) {
      await turns.take();
      seen.push(`${name} ${others}`);
    }
  };
  setImmediate(other);
  await Promise.all(['a', 'b', 'c'].map(worker));
  assert.equal(seen.map(([name]) => name).join(''), 'abcabcabc');
  const between = seen.map((one) => one.slice(2));
  assert.equal(new Set(between).size, seen.length, `an event between any two: ${between.join(' ')}`);
});

test('who comes when nobody waits has a turn all the same', async () => {
  const turns = new Turns();
  await turns.take();
  await turns.take();
  await new Promise((resolve) => setTimeout(resolve, 1));
  await turns.take();
});
