import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthAfter, UNKNOWN_HEALTH, verdictOn, type Health, type HealthEvent } from './health.ts';

const after = (...events: readonly HealthEvent[]): Health => events.reduce(healthAfter, UNKNOWN_HEALTH);
const read = (milliseconds: number): HealthEvent => ({ kind: 'read', bytes: 2 ** 20, milliseconds });
const kernel = (errors: number): HealthEvent => ({ kind: 'kernel', errors });
const kind = (...events: readonly HealthEvent[]): string => verdictOn(after(...events)).kind;

test('a drive that gives all back in time is well', () => {
  const health = after(read(30), kernel(7), read(900), kernel(7), { kind: 'pass', damage: undefined });
  assert.deepEqual(verdictOn(health), { kind: 'well', why: '' });
  assert.deepEqual([health.bytes, health.passes, health.kernelErrors], [2 * 2 ** 20, 1, 0]);
});

test('one slow read is a busy machine, three are wear', () => {
  assert.equal(kind(read(6000), read(20), read(6000)), 'well');
  assert.equal(kind(read(6000), read(20), read(6000), read(5001)), 'worn');
});

test('a read that had to be repeated is wear, three of them and what is lost are failing', () => {
  assert.equal(kind({ kind: 'error' }), 'worn');
  assert.equal(kind({ kind: 'error' }, { kind: 'error' }, read(20), { kind: 'error' }), 'failing');
  assert.equal(kind({ kind: 'lost', damage: 'cannot be read at byte 7' }), 'failing');
  assert.equal(kind({ kind: 'pass', damage: 'boot/x: its content is damaged' }), 'failing');
});

test("Linux's counter counts from the first look, and anew for another medium", () => {
  assert.equal(kind(kernel(12), kernel(14)), 'well');
  assert.equal(kind(kernel(12), kernel(15)), 'worn');
  assert.equal(after(kernel(12), { kind: 'plugged' }, kernel(90), kernel(91)).kernelErrors, 1);
  assert.equal(after(kernel(12), kernel(3), kernel(4)).kernelErrors, 1, 'a counter that began anew takes nothing away');
});

test('a verdict never gets better: a stick does not heal', () => {
  const events: readonly HealthEvent[] = [
    read(20),
    read(6000),
    kernel(1),
    kernel(9),
    { kind: 'error' },
    { kind: 'plugged' },
    { kind: 'pass', damage: undefined },
  ];
  const rank = { well: 0, worn: 1, failing: 2 };
  for (let seed = 0; seed < 300; seed += 1) {
    let [health, worst] = [UNKNOWN_HEALTH, 0];
    for (let step = 0; step < 8; step += 1) {
      const event = events[(seed * 31 + step * 17 + ((seed * step) >> 2)) % events.length];
      if (event !== undefined) health = healthAfter(health, event);
      const now = rank[verdictOn(health).kind];
      assert.ok(now >= worst, `seed ${seed}`);
      worst = now;
    }
  }
});
