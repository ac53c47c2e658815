import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { bootSite, wishSite, type WishSite } from '../../test/fixtures/wishSite.ts';
import { CLUSTER_FILE } from '../core/image/layout.ts';
import { changesOf } from '../core/state/changes.ts';
import { readDriveState } from '../core/state/driveState.ts';
import { Failure } from '../shell/fail.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { diskFiles } from '../shell/files.ts';
import { readState } from '../shell/state.ts';
import { watchByHand } from './byHand.ts';
import { openClusterFile } from './clusterFile.ts';
import { Wishes } from './wishes.ts';

const OLD = 'version: 1\ncluster: { name: lab }\nhosts:\n  - { mac: 52:54:00:00:00:01, name: ada }\n';
const NEW = OLD.replace('ada', 'eve');
const wishOf = (before: string, after: string) =>
  ({ schema: 'pxen.wish/1', before, after, who: 'root@ada', what: 'config edit' }) as const;

const site = (context: TestContext, text = OLD): WishSite => wishSite(context, text);

/** The history in the slots. */
async function changesIn({ slots }: WishSite): Promise<string[]> {
  const { current } = await readState(slots);
  return changesOf(readDriveState(current?.body ?? new Uint8Array())).map(({ who, what }) => `${who} ${what}`);
}

async function inSlots({ slots }: WishSite) {
  const { current } = await readState(slots);
  assert.ok(current !== undefined);
  const { clusterFile, before } = readDriveState(current.body);
  return { clusterFile, before };
}

test('a wish is in a slot, in the file on the drive, in its history, and in force, and the answer says where it is safe', async (t) => {
  const lab = site(t);
  const { wishes, file, keep } = await bootSite(lab);
  await keep();
  assert.equal(await wishes.wish(wishOf(OLD, NEW)), 'drive');
  assert.deepEqual(await inSlots(lab), { clusterFile: NEW, before: undefined });
  assert.deepEqual([lab.now(), file.text(), file.current().hosts[0]?.name], [NEW, NEW, 'eve']);
  assert.deepEqual(lab.history(), ['somebody as it was found', 'root@ada config edit']);
  assert.deepEqual([lab.version(1), lab.version(2)], [OLD, NEW]);
  assert.match(lab.log.of('STATE_WISH')[0] ?? '', /by root@ada: config edit; it is safe on the drive/);
  const { writes } = lab.slots;
  await keep();
  assert.equal(lab.slots.writes, writes, 'what is kept is not kept again');
  assert.deepEqual(await changesIn(lab), [
    'm first start',
    'somebody cluster.yaml as it was found',
    'root@ada config edit',
  ]);
});

test('the new version is whole in a slot before the file is touched; while it is written both versions stand there', async (t) => {
  const lab = site(t);
  const seen: unknown[] = [];
  lab.spoil({
    writing: async (work) => {
      seen.push(await inSlots(lab), lab.now());
      await work(lab.drive, async () => undefined);
      seen.push(await inSlots(lab), lab.now());
    },
  });
  const { wishes, keep } = await bootSite(lab);
  await keep();
  await wishes.wish(wishOf(OLD, NEW));
  const both = { clusterFile: NEW, before: OLD };
  assert.deepEqual(seen, [both, OLD, both, NEW]);
});

test('without the drive a wish is refused with a sentence that names what to do, and nothing changes', async (t) => {
  const lab = site(t);
  const pulled = async (): Promise<never> => {
    throw new Failure('the drive is pulled, and a wish can only be changed on it', 'Put it back, then try again.');
  };
  lab.spoil({ names: pulled, read: pulled, writing: pulled });
  const { wishes, file, keep } = await bootSite(lab);
  await keep();
  const { writes } = lab.slots;
  await assert.rejects(wishes.current(), /the drive is pulled/);
  await assert.rejects(wishes.wish(wishOf(OLD, NEW)), (error: Failure) => /Put it back/.test(error.remedy));
  assert.deepEqual([file.text(), lab.now(), lab.slots.writes], [OLD, OLD, writes]);
});

test('a drive that takes the slot but not the file: the version before stays in force, also at the next start', async (t) => {
  const lab = site(t);
  lab.spoil({ writing: async () => Promise.reject(new Error('input/output error')) });
  const { wishes, file, keep } = await bootSite(lab);
  await keep();
  await assert.rejects(wishes.wish(wishOf(OLD, NEW)), /could not be written to the drive, the version before stays/);
  assert.deepEqual([file.text(), (await inSlots(lab)).clusterFile], [OLD, OLD]);
  writeFileSync(join(lab.ram, CLUSTER_FILE), `${NEW.slice(0, 40)}\n`);
  assert.equal((await bootSite(lab)).file.text(), OLD);
});

test('what was changed by hand on the drive meanwhile is what a command changes, and is in the history before it', async (t) => {
  const lab = site(t);
  const { wishes, keep } = await bootSite(lab);
  await keep();
  await wishes.wish(wishOf(OLD, NEW));
  const byHand = NEW.replace('eve', 'bob');
  writeFileSync(join(lab.drive, CLUSTER_FILE), byHand);
  await assert.rejects(wishes.wish(wishOf(NEW, OLD)), /was changed by another meanwhile/);
  assert.equal((await wishes.current()).text, byHand);
  await wishes.wish(wishOf(byHand, byHand.replace('bob', 'joe')));
  assert.deepEqual(lab.history().slice(2), ['somebody changed by hand', 'root@ada config edit']);
  assert.deepEqual([lab.version(3), lab.now()], [byHand, byHand.replace('bob', 'joe')]);
});

test('a text with mistakes, and a wish before the state is read, change nothing', async (t) => {
  const lab = site(t);
  const { wishes } = await bootSite(lab);
  await assert.rejects(wishes.wish(wishOf(OLD, 'version: 1\nclutser: {}\n')), /would have mistakes[^]*clutser/);
  const early = new Wishes({ ...depsOf(lab), file: await openClusterFile(diskFiles(lab.ram), lab.log) });
  await assert.rejects(early.wish(wishOf(OLD, NEW)), /not read yet/);
  assert.equal(lab.now(), OLD);
});

const depsOf = ({ files: drive, log }: WishSite) =>
  ({ drive, log, state: () => undefined, keepCopy: async () => undefined, now: () => '' }) as const;

/** What a power cut leaves in the file while it is written in place. */
const TORN: readonly (readonly [name: string, text: string, inForce: string])[] = [
  ['as it was', OLD, OLD],
  ['as it was to become', NEW, NEW],
  ['cut short, and without a mistake', NEW.slice(0, 33), NEW],
  ['half the one, half the other', `${NEW.slice(0, 60)}${OLD.slice(60)}# more\n`, NEW],
  ['empty', '', NEW],
  ['no text', '\u0000'.repeat(40), NEW],
];

for (const [name, torn, inForce] of TORN) {
  test(`a file that the power left ${name}: a whole version is in force, and the file is whole again`, async (t) => {
    const lab = site(t);
    const first = await bootSite(lab);
    await first.keep();
    await first.state.exclusively((put) => put({ clusterFile: NEW, before: OLD }));
    for (const folder of [lab.drive, lab.ram]) writeFileSync(join(folder, CLUSTER_FILE), torn);
    const { file, wishes, keep } = await bootSite(lab);
    assert.equal(file.text(), inForce);
    assert.equal(file.warnings().length, torn === inForce ? 0 : 1, file.warnings().join());
    await wishes.finish();
    await keep();
    assert.deepEqual(await inSlots(lab), { clusterFile: inForce, before: undefined });
    assert.deepEqual([lab.now(), file.text(), file.warnings()], [inForce, inForce, []]);
    if (torn === inForce) return;
    assert.equal((await changesIn(lab)).at(-1), 'pxen cluster.yaml mended after a power cut');
    assert.equal(lab.version(1), torn, 'nothing is thrown away');
    assert.deepEqual(lab.history(), ['somebody as it was found', 'pxen mended after a power cut']);
  });
}

test('what was changed by hand on the drive is taken over, and what was changed in RAM is not undone by it', async (t) => {
  const lab = site(t);
  const { wishes, file, keep } = await bootSite(lab);
  await keep();
  await wishes.takeByHand();
  writeFileSync(join(lab.ram, CLUSTER_FILE), OLD.replace('ada', 'ram'));
  await file.check();
  await wishes.takeByHand();
  assert.match(file.text(), /ram/);
  writeFileSync(join(lab.drive, CLUSTER_FILE), NEW);
  await wishes.takeByHand();
  await keep();
  assert.deepEqual([file.text(), (await inSlots(lab)).clusterFile, lab.log.of('STATE_BY_HAND').length], [NEW, NEW, 1]);
  assert.equal((await changesIn(lab)).at(-1), 'somebody cluster.yaml changed by hand');
});

test('of a drive that was put back, a file with a mistake is told of, a torn one and that of another drive are left alone', async (t) => {
  const lab = site(t, NEW);
  const { wishes, file, keep } = await bootSite(lab);
  await keep();
  writeFileSync(join(lab.drive, CLUSTER_FILE), NEW.replace('hosts', 'hsots'));
  await wishes.takeByHand();
  assert.match(file.warnings().join(), /hsots/);
  writeFileSync(join(lab.drive, CLUSTER_FILE), NEW.slice(0, 42));
  await assert.rejects(wishes.takeByHand(), /cluster\.yaml on the drive is torn/);
  assert.equal((await wishes.current()).text, NEW, 'what a command changes is what is in force');
  const other = site(t, OLD);
  await (await bootSite(other)).keep();
  lab.slots.disk.set(other.slots.disk);
  writeFileSync(join(lab.drive, CLUSTER_FILE), OLD);
  await assert.rejects(wishes.takeByHand(), /another drive is in its place/);
  assert.equal(file.text(), NEW);
});

test('the drive is looked at only when something was written to it, or it is back', async (t) => {
  const lab = site(t);
  const { wishes } = await bootSite(lab);
  const [clock, ending, looks] = [new FakeClock(), new AbortController(), [] as string[]];
  let mark: string | undefined = 'a 1';
  const take = t.mock.method(wishes, 'takeByHand', async () => void looks.push(String(mark)));
  const drive = { ...lab.files, mark: async () => mark };
  const watching = watchByHand(drive, [wishes], { clock, log: lab.log }, ending.signal);
  for (const next of ['a 1', 'a 2', 'a 2', undefined, undefined, 'a 2', 'b 9']) {
    mark = next;
    await clock.pass(5000);
  }
  ending.abort();
  await watching;
  assert.deepEqual([looks, take.mock.callCount()], [['a 2', 'a 2', 'b 9'], 3]);
});

test('a drive that could not be mended keeps both versions until it can', async (t) => {
  const lab = site(t);
  const first = await bootSite(lab);
  await first.state.exclusively((put) => put({ clusterFile: NEW, before: OLD }));
  for (const folder of [lab.drive, lab.ram]) writeFileSync(join(folder, CLUSTER_FILE), NEW.slice(0, 33));
  lab.spoil({ writing: async () => Promise.reject(new Error('read-only')) });
  const { wishes, keep } = await bootSite(lab);
  await assert.rejects(wishes.finish(), /read-only/);
  await keep();
  assert.deepEqual(await inSlots(lab), { clusterFile: NEW, before: OLD });
});

test('a command that meets an empty drive, or a folder without state, is told so', async (t) => {
  const lab = site(t);
  mkdirSync(join(lab.drive, 'state'));
  const { wishes } = await bootSite(lab);
  assert.equal(await wishes.historyFile('log.txt'), undefined);
});
