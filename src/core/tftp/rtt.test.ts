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
