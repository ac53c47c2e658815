import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newChain } from '../identity/chain.ts';
import { newIdentity } from '../identity/identity.ts';
import { changesOf, withChange } from './changes.ts';
import { readDriveState, writeDriveState, type DriveState } from './driveState.ts';

const identity = newIdentity({ publicKey: 'AAAA', privateKey: 'BBBB' }, new Uint8Array(16));
const virgin: DriveState = {
  identity,
  chain: newChain(identity.cluster),
  clusterFile: undefined,
  before: undefined,
  rest: new Map(),
};
const when = '2026-01-02T03:04:05Z';

test('lines of the history of a drive are read as they were written, with the record that they are about', () => {
  const one = withChange(virgin, { when, who: 'root@ada', what: 'host set ada pool=front' });
  const two = withChange(one, { when, who: 'somebody', what: 'cluster.yaml changed by hand' });
  assert.deepEqual(changesOf(virgin), []);
  assert.deepEqual(
    changesOf(readDriveState(writeDriveState(two))).map(({ who, what }) => `${who} ${what}`),
    ['root@ada host set ada pool=front', 'somebody cluster.yaml changed by hand'],
  );
});

test('whatever somebody is called, and whatever he did, makes one line, and only the last two hundred stay', () => {
  let state = withChange(virgin, { when, who: 'a b\n', what: `x\ny${'z'.repeat(500)}` });
  assert.match(changesOf(state)[0]?.who ?? '', /^a_b_$/);
  assert.equal(changesOf(state)[0]?.what.length, 200);
  for (let number = 1; number <= 250; number += 1) state = withChange(state, { when, who: 'a', what: `${number}` });
  assert.deepEqual(
    [changesOf(state).length, changesOf(state)[0]?.what, changesOf(state).at(-1)?.what],
    [200, '51', '250'],
  );
});
