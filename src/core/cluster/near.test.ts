import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distance, nearest } from './near.ts';

test('the distance counts letters put in, left out, changed and swapped', () => {
  const cases = [
    ['', '', 0],
    ['mac', 'mac', 0],
    ['mac', 'mca', 1],
    ['cpu', 'cpus', 1],
    ['memroy', 'memory', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
  ] as const;
  for (const [a, b, expected] of cases) {
    assert.equal(distance(a, b), expected, `${a} ${b}`);
    assert.equal(distance(b, a), expected, `${b} ${a}`);
  }
});

test('the nearest is suggested, and nothing where all are far', () => {
  assert.equal(nearest('adress', ['mac', 'address']), 'address');
  assert.equal(nearest('NAME', ['name']), 'name');
  assert.equal(nearest('frobnicate', ['mac', 'address', 'name']), undefined);
  assert.equal(nearest('xyz', []), undefined);
});
