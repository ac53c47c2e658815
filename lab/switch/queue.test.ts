import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admission, HARD_LIMIT, SOFT_LIMIT, STALLED_AFTER } from './queue.ts';

test('a short queue takes everything, even of a port that was silent for long', () => {
  assert.equal(admission(0, 1e9), 'send');
  assert.equal(admission(SOFT_LIMIT - 1, 1e9), 'send');
});

test('a long queue holds the sender, a deaf port loses frames', () => {
  assert.equal(admission(SOFT_LIMIT, STALLED_AFTER), 'hold');
  assert.equal(admission(SOFT_LIMIT, STALLED_AFTER + 1), 'drop');
  assert.equal(admission(HARD_LIMIT, 0), 'drop');
});
