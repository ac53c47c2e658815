import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wakeState, wakeStep } from './wake.ts';

test('an armed card stays armed, an unarmed one unarmed', () => {
  assert.equal(wakeStep(wakeState('armed'), 'power lost').armed, true);
  assert.equal(wakeStep(wakeState('unarmed'), 'system armed the card').armed, false);
});

test('a card may lose its arming at power loss, until a system arms it again', () => {
  const fresh = wakeState('loses arming at power loss');
  assert.equal(fresh.armed, true);
  const cut = wakeStep(fresh, 'power lost');
  assert.equal(cut.armed, false);
  assert.equal(wakeStep(cut, 'system armed the card').armed, true);
});
