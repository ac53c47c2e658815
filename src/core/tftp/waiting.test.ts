import assert from 'node:assert/strict';
import { test } from 'node:test';
import { givenUp, mayWait, nextWaiting, type Waiting } from './waiting.ts';

const wait = (address: string, askedAt = 0): Waiting<null> => ({ address, askedAt, what: null });

test('I17: requests begin in their order, those of a machine with much under way after the others', () => {
  const waiting = new Map([
    ['a1', wait('a')],
    ['a2', wait('a')],
    ['b1', wait('b')],
    ['c1', wait('c')],
  ]);
  const underWay = new Map([['a', 2]]);
  assert.equal(
    nextWaiting(waiting, (address) => underWay.get(address) ?? 0),
    'b1',
  );
  assert.equal(
    nextWaiting(waiting, () => 1),
    'a1',
  );
  assert.equal(
    nextWaiting(new Map(), () => 0),
    undefined,
  );
});

test('I17: one machine cannot fill the queue alone', () => {
  const flood = Array.from({ length: 256 }, () => wait('a'));
  assert.deepEqual([mayWait(flood, 'a'), mayWait(flood, 'b')], [false, true]);
  const full = Array.from({ length: 2048 }, (_, index) => wait(String(index)));
  assert.equal(mayWait(full, 'b'), false);
});

test('who has not asked again for half a minute has given up', () => {
  const waiting = new Map([
    ['old', wait('a', 0)],
    ['new', wait('b', 20_000)],
  ]);
  assert.deepEqual(givenUp(waiting, 30_001), ['old']);
});
