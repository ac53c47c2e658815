import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measured, pauseOf, UNMEASURED } from './rtt.ts';

test('the pause grows from the mean (RFC 6298)', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 9].map((count) => pauseOf(UNMEASURED, count, 8000)),
    [500, 1000, 2000, 4000, 8000],
  );
  const rtt = measured(measured(UNMEASURED, 100), 100);
  assert.deepEqual(rtt, { mean: 100, deviation: 37.5 });
  assert.equal(pauseOf(rtt, 0, 8000), 250);
  assert.equal(pauseOf(rtt, 1, 300), 300);
});

test('I7: a client that is near is asked once soon, and then with more patience', () => {
  const near = { mean: 0.2, deviation: 0.1 };
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((count) => pauseOf(near, count, 6000)),
    [10.2, 30, 60, 120, 240, 6000],
  );
});
