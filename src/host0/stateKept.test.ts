import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLUSTER_FILE, SLOT_BYTES, SLOTS } from '../core/image/layout.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { fakeFiles } from '../shell/fake/files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { FakeSlots } from '../shell/fake/slots.ts';
import { makeKeys, randomBytes } from '../shell/keys.ts';
import { openClusterFile } from './clusterFile.ts';
import { beginState, lastGood, overTorn, type StateDeps } from './state.ts';

const GOOD = 'version: 1\ncluster: { name: lab }\n';

const fresh = (): FakeSlots => new FakeSlots(SLOTS, SLOT_BYTES);
let boots = 0;

const UPPER = 'CLUSTER.YAML';

test('what an editor left beside the file is said: two candidates, or another name', async () => {
  const two = new Map([
    [UPPER, Buffer.from(GOOD)],
    [`${CLUSTER_FILE}.txt`, Buffer.from(GOOD.replace('lab', 'other'))],
  ]);
  const file = await openClusterFile(fakeFiles(two), new FakeLog());
  assert.equal(file.current().cluster.name, 'lab');
  assert.match(file.warnings().join(), /cluster\.yaml\.txt stands beside CLUSTER\.YAML, which alone is read/);
  await assert.rejects(
    openClusterFile(fakeFiles(new Map([['cluster.yml', Buffer.from(GOOD)]])), new FakeLog()),
    /there is no cluster\.yaml; cluster\.yml is not read: it would have to be called cluster\.yaml/,
  );
});

test('a file that an editor left empty, or cut short, leaves the last good version in force', async () => {
  const slots = fresh();
  const whole = `${GOOD}hosts:\n  - { mac: 52:54:00:00:00:01, name: ada }\n`;
  await hour(slots, () => undefined, whole);
  const memory = { lastGood: () => lastGood(slots), overTorn: (text: string) => overTorn(slots, text) };
  for (const length of [0, 12, 40, 62, whole.length - 4]) {
    const files = fakeFiles(new Map([[CLUSTER_FILE, Buffer.from(whole.slice(0, length))]]));
    const file = await openClusterFile(files, new FakeLog(), memory);
    assert.deepEqual([file.text(), file.warnings().length], [whole, 1], `${length} bytes`);
  }
  // Whole lines that are gone were taken away by somebody.
  const shorter = fakeFiles(new Map([[CLUSTER_FILE, Buffer.from(GOOD)]]));
  assert.equal((await openClusterFile(shorter, new FakeLog(), memory)).text(), GOOD);
});

/** An hour of host0's loop; each minute `minute` may do something. */
async function hour(slots: FakeSlots, minute: (number: number, of: StateDeps) => void, text = GOOD): Promise<number> {
  const [log, clock, ending] = [new FakeLog(), new FakeClock(), new AbortController()];
  const given = { slots, log, clock, time: 7, machine: 'm1', boot: `boot ${(boots += 1)}`, makeKeys, randomBytes };
  const deps = { ...given, text, clusterFile: () => deps.text };
  const state = await beginState(deps);
  const before = slots.writes;
  const kept = state.keep(ending.signal);
  for (let number = 1; number <= 60; number += 1) {
    await clock.pass(60_000);
    minute(number, deps);
  }
  ending.abort();
  await kept;
  return slots.writes - before;
}

test('in a quiet hour nothing is written to the drive but the record of the boot; in a busy one a record for each edit', async () => {
  assert.equal(await hour(fresh(), () => undefined), 1);
  const edits = await hour(fresh(), (number, deps) => {
    if (number % 5 === 0) Object.assign(deps, { text: `${GOOD}# ${number}\n` });
  });
  assert.equal(edits, 1 + 11, 'the twelfth edit is made as the hour ends');
});

test('a drive that fails is tried every five minutes, no more often', async () => {
  const slots = fresh();
  for (const name of SLOTS) slots.broken.set(name, 'write');
  const writes = await hour(slots, () => undefined);
  assert.ok(writes > 0 && writes <= 13 * SLOTS.length, `${writes} writes`);
});
