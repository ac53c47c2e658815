import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tinyContent } from '../../test/fixtures/driveContent.ts';
import { diskOf } from '../../test/fixtures/tinyDrive.ts';
import { newChain } from '../core/identity/chain.ts';
import { newIdentity } from '../core/identity/identity.ts';
import { checkDrive } from '../core/image/check/drive.ts';
import { SLOTS } from '../core/image/layout.ts';
import { Volume } from '../core/image/fat/volume.ts';
import { newDrive } from '../core/image/newDrive.ts';
import { readPartitions } from '../core/image/partition.ts';
import { replacementFiles, succeeding } from '../core/image/replacement.ts';
import { choose } from '../core/state/choose.ts';
import { readDriveState, type DriveState } from '../core/state/driveState.ts';
import { seededChance } from './chance.ts';
import { sha256 } from './disk.ts';
import { Failure } from './fail.ts';
import { FakeDisk } from './fake/disk.ts';
import { makeKeys, randomBytes } from './keys.ts';
import { writeDisk } from './writeDisk.ts';

const MIB = 2 ** 20;
const SIZE = 40 * MIB;
const quiet = (): void => undefined;

const identity = newIdentity(makeKeys(), randomBytes(16));
const old: DriveState = {
  identity,
  chain: newChain(identity.cluster),
  clusterFile: 'version: 1\n',
  before: undefined,
  rest: new Map(),
};
const next = succeeding(old, randomBytes(16));
const { files, bios } = await tinyContent();
const { files: content } = await replacementFiles(files, next);
const image = newDrive({ bytes: SIZE, id: 0x1234_5678, bios }, content);

/** A stick that was something else before. */
const usedStick = (seed: number): FakeDisk => new FakeDisk(Buffer.alloc(SIZE + 8 * MIB, 0xe7), seededChance(seed));

async function stateOn(medium: Uint8Array): Promise<DriveState | undefined> {
  const disk = diskOf(medium);
  const start = readPartitions(await disk.read(0, 512))?.[0]?.start;
  if (start === undefined) return undefined;
  const volume = await Volume.open(disk, start);
  const found = (await volume.tree(quiet)).filter(({ path }) => SLOTS.includes(path));
  const seen = await Promise.all(found.map(async (file) => ({ name: file.path, bytes: await volume.bytes(file) })));
  const { current, kind } = choose(seen);
  assert.equal(kind, 'kept');
  return current && readDriveState(current.body);
}

test('a replaced drive is whole and remembers all as the next generation', async () => {
  const stick = usedStick(1);
  await writeDisk(image, stick, quiet);
  const report = await checkDrive(diskOf(stick.medium), sha256, quiet);
  assert.ok(report.kind === 'drive');
  assert.deepEqual(report.findings, []);
  const state = await stateOn(stick.medium);
  assert.deepEqual(state, next);
  assert.equal(state?.identity.generation, 2);
  assert.equal(state.identity.cluster, identity.cluster);
  assert.notEqual(state.identity.drive, identity.drive);
});

test('wherever the power goes, the stick is the whole new drive or none at all', async () => {
  const complete = usedStick(1);
  await writeDisk(image, complete, quiet);
  const fates = { none: 0, whole: 0 };
  for (let step = 0; step < complete.steps; step += 1) {
    for (const seed of [1, 2]) {
      const stick = usedStick(seed);
      stick.cutAt = step;
      await assert.rejects(writeDisk(image, stick, quiet), /the power is gone/);
      const report = await checkDrive(diskOf(stick.medium), sha256, quiet);
      fates[report.kind === 'drive' ? 'whole' : 'none'] += 1;
      if (report.kind !== 'drive') continue;
      assert.deepEqual(report.findings, [], `step ${step}`);
      assert.deepEqual(await stateOn(stick.medium), next, `step ${step}`);
    }
  }
  // The last two steps: the table is written, and settled.
  assert.ok(fates.whole <= 4 && fates.none >= 2 * (complete.steps - 2), JSON.stringify(fates));
});

test('a drive that was there before is none from the first write on', async () => {
  const stick = usedStick(1);
  await writeDisk(image, stick, quiet);
  stick.cutAt = stick.steps + 3;
  await assert.rejects(writeDisk(image, stick, quiet), /the power is gone/);
  const report = await checkDrive(diskOf(stick.medium), sha256, quiet);
  assert.equal(report.kind, 'stranger');
});

test('a stick that has less than it says is found out, and is no drive', async () => {
  const stick = usedStick(1);
  stick.trueSize = 20 * MIB;
  const refused = writeDisk(image, stick, quiet);
  await assert.rejects(
    refused,
    (error) => error instanceof Failure && /other bytes back .* first at byte 2097/.test(error.message),
  );
  assert.equal(readPartitions(stick.medium.subarray(0, 512)), undefined);
});

test('what is refused at the last moment leaves no drive', async () => {
  const stick = usedStick(1);
  const refuse = (): Promise<void> => Promise.reject(new Failure('cluster.yaml changed', 'Again.'));
  await assert.rejects(writeDisk(image, stick, quiet, refuse), /cluster.yaml changed/);
  assert.equal((await checkDrive(diskOf(stick.medium), sha256, quiet)).kind, 'stranger');
});

test('an old partition table at the end of a larger stick is wiped', async () => {
  const stick = usedStick(1);
  stick.medium.set(Buffer.from('EFI PART'), stick.size - 512);
  await writeDisk(image, stick, quiet);
  assert.ok(!Buffer.from(stick.medium).includes('EFI PART', SIZE));
});
