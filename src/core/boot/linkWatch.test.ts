import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkStep, type LinkEvent, type LinkOut, type LinkState } from './linkWatch.ts';

const OPEN: LinkState = { kind: 'open', index: 3 };
const seen = (index?: number): LinkEvent => ({ kind: 'seen', index });

/** Feeds events at these times and gives what came out, and the last state. */
function feed(...events: readonly (readonly [now: number, event: LinkEvent])[]): [LinkOut[], LinkState] {
  let state = OPEN;
  const outs = events.map(([now, event]) => {
    const step = linkStep(state, event, now);
    ({ state } = step);
    return step.out;
  });
  return [outs, state];
}

test('nothing is done while the interface stays what it is', () =>
  assert.deepEqual(feed([0, seen(3)], [1000, seen(3)])[0], [undefined, undefined]));

test('an interface that is gone is closed once, and opened when it is there again', () => {
  const [outs, state] = feed([0, seen()], [1000, seen()], [2000, seen(9)], [2100, { kind: 'opened', index: 9 }]);
  assert.deepEqual(outs, ['close', undefined, 'open', undefined]);
  assert.deepEqual(state, { kind: 'open', index: 9 });
});

test('one that was exchanged between two looks is closed and opened', () =>
  assert.deepEqual(feed([0, seen(4)], [1000, seen(4)])[0], ['close', 'open']));

test('an opening that fails is tried again after 1, 2, 4... and at most 30 s', () => {
  let state: LinkState = { kind: 'closed', again: 0, wait: 1000 };
  const waits = Array.from({ length: 7 }, (_, tries) => {
    const now = tries * 100_000;
    ({ state } = linkStep(state, { kind: 'failed' }, now));
    assert.ok(state.kind === 'closed');
    assert.equal(linkStep(state, seen(3), state.again - 1).out, undefined);
    assert.equal(linkStep(state, seen(3), state.again).out, 'open');
    return state.again - now;
  });
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});
