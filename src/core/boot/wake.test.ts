import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '../net/text.ts';
import type { Mac } from '../net/mac.ts';
import { magicPacket, wakeProblem, wakeStep, type WakeState } from './wake.ts';

const [ADA, BOB] = ['52:54:00:00:00:01' as Mac, '52:54:00:00:00:02' as Mac];

test('a magic packet is six FF and sixteen times the MAC', () => {
  assert.equal(hex(magicPacket(ADA)), 'ff'.repeat(6) + '525400000001'.repeat(16));
});

/** When packets go out, with nothing heard. */
function schedule(count: number): { times: number[]; state: WakeState } {
  const times: number[] = [];
  let now = 1000;
  let step = wakeStep(new Map(), { kind: 'want', mac: ADA }, now);
  for (;;) {
    if (step.out.length > 0) times.push(now / 1000);
    if (times.length === count) return { times, state: step.state };
    now = step.next;
    step = wakeStep(step.state, { kind: 'tick' }, now);
  }
}

test('a machine is woken at once, then with growing pauses, and never given up', () => {
  const { times } = schedule(10);
  const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  assert.deepEqual([times[0], ...pauses], [1, 5, 10, 20, 30, 30, 30, 30, 30, 30]);
});

test('one that was heard gets no more packets, the others do', () => {
  let { state } = wakeStep(new Map(), { kind: 'want', mac: ADA }, 0);
  ({ state } = wakeStep(state, { kind: 'want', mac: BOB }, 0));
  ({ state } = wakeStep(state, { kind: 'heard', mac: ADA }, 100));
  const later = wakeStep(state, { kind: 'tick' }, 5000);
  assert.deepEqual([later.out, later.next], [[BOB], 15_000]);
  assert.deepEqual(wakeStep(later.state, { kind: 'want', mac: ADA }, 9000).out, [], 'not even if it is wanted again');
});

test('after a minute of silence there is a sentence, until it is heard', () => {
  assert.equal(wakeProblem(schedule(3).state.get(ADA), 30_000), null);
  const { state } = schedule(6);
  assert.match(wakeProblem(state.get(ADA), 160_000) ?? '', /^does not wake: \d magic packets in 159 s/);
  const { state: heard } = wakeStep(state, { kind: 'heard', mac: ADA }, 160_000);
  assert.equal(wakeProblem(heard.get(ADA), 999_000), null);
});
