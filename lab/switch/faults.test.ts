import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from './chance.ts';
import { fate, fateThrough, isFaulty, NO_FAULTS } from './faults.ts';

const fates = (faults: Partial<typeof NO_FAULTS>, seed: number, count = 2000): number[][] => {
  const chance = seeded(seed);
  return Array.from({ length: count }, () => fate({ ...NO_FAULTS, ...faults }, chance));
};

test('the same seed gives the same faults, another seed others', () => {
  const faults = { loss: 0.3, duplicate: 0.2, delay: 5, jitter: 10 };
  assert.deepEqual(fates(faults, 7), fates(faults, 7));
  assert.notDeepEqual(fates(faults, 7), fates(faults, 8));
});

test('loss and duplication come at about the rate asked for', () => {
  const lost = fates({ loss: 0.3 }, 1).filter((copies) => copies.length === 0).length;
  const doubled = fates({ duplicate: 0.2 }, 1).filter((copies) => copies.length === 2).length;
  assert.ok(lost > 500 && lost < 700, `${lost} of 2000 lost`);
  assert.ok(doubled > 320 && doubled < 480, `${doubled} of 2000 doubled`);
});

test('delay is added to every copy, jitter lies between nothing and its limit', () => {
  for (const copies of fates({ delay: 5, jitter: 10, duplicate: 0.5 }, 3)) {
    for (const wait of copies) assert.ok(wait >= 5 && wait < 15);
  }
});

test('a rate changed for one frame leaves the fate of the others', () => {
  const [a, b] = [seeded(4), seeded(4)];
  fate(NO_FAULTS, a);
  fate({ ...NO_FAULTS, loss: 1 }, b);
  const half = { ...NO_FAULTS, loss: 0.5 };
  const draw = (chance: () => number) => Array.from({ length: 50 }, () => fate(half, chance).length);
  assert.deepEqual(draw(a), draw(b));
});

test('a frame suffers at the port it enters and at the one it leaves by', () => {
  const slow = { ...NO_FAULTS, delay: 5 };
  assert.deepEqual(fateThrough(slow, slow, seeded(1)), [10]);
  assert.deepEqual(fateThrough({ ...NO_FAULTS, loss: 1 }, slow, seeded(1)), []);
  assert.equal(fateThrough({ ...NO_FAULTS, duplicate: 1 }, { ...NO_FAULTS, duplicate: 1 }, seeded(1)).length, 4);
  assert.equal(isFaulty(NO_FAULTS), false);
  assert.equal(isFaulty(slow), true);
});
