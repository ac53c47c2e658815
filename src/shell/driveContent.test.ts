import assert from 'node:assert/strict';
import { mkdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderFor } from '../../test/fixtures/archive.ts';
import { tinyContent } from '../../test/fixtures/driveContent.ts';
import { newChain } from '../core/identity/chain.ts';
import { newIdentity } from '../core/identity/identity.ts';
import { SLOT_BYTES, SLOTS } from '../core/image/layout.ts';
import { heldSource, newDrive } from '../core/image/newDrive.ts';
import { replacementFiles, succeeding } from '../core/image/replacement.ts';
import { readDriveState, writeDriveState, type DriveState } from '../core/state/driveState.ts';
import { linkTo, putFiles, realDrives } from './driveContent.ts';
import { FakeHostFiles } from './fake/host-files.ts';
import { FakeSlots } from './fake/slots.ts';
import { makeKeys, randomBytes } from './keys.ts';
import { keepState, readKeptState } from './keptState.ts';
import { remembering } from './remembering.ts';
import { run } from './run.ts';
import { readState, writeState } from './state.ts';

const identity = newIdentity(makeKeys(), randomBytes(16));
const chain = newChain(identity.cluster);
const state: DriveState = { identity, chain, clusterFile: 'version: 1\n', before: undefined, rest: new Map() };

test('of a drive who it is and the files that are asked for are read, without mounting it', async (t) => {
  const { files, bios } = await tinyContent();
  const next = succeeding(state, randomBytes(16));
  const content = await replacementFiles([...files, heldSource('overlay/etc/motd', Buffer.from('hi'))], next);
  const image = newDrive({ bytes: 40 * 2 ** 20, id: 7, bios }, content.files);
  const file = join(folderFor(t), 'drive.img');
  await writeFile(file, await image.read(0, image.size));
  const drives = realDrives(new FakeHostFiles(), run);
  assert.deepEqual(readDriveState((await drives.body(file)) ?? new Uint8Array()), next);
  const found = await drives.files(file, /^(cluster\.yaml|overlay\/.*)$/);
  assert.deepEqual([...found.keys()].toSorted(), ['cluster.yaml', 'overlay/etc/motd']);
  assert.equal(Buffer.from(found.get('overlay/etc/motd') ?? []).toString(), 'hi');
  await writeFile(file, 'no drive at all');
  assert.equal(await drives.body(file), undefined);
});

test('files take the place of those that stand there, for root only', async (t) => {
  const folder = folderFor(t);
  await mkdir(join(folder, 'overlay'));
  await writeFile(join(folder, 'overlay', 'old'), 'x');
  await writeFile(join(folder, 'boot'), 'stays');
  await putFiles(folder, ['overlay', 'secrets.yaml'], new Map([['overlay/etc/new', Buffer.from('y')]]));
  await assert.rejects(stat(join(folder, 'overlay', 'old')), /ENOENT/);
  assert.equal(await readFile(join(folder, 'overlay/etc/new'), 'utf8'), 'y');
  assert.equal((await stat(join(folder, 'overlay/etc/new'))).mode & 0o777, 0o600);
  assert.equal(await readFile(join(folder, 'boot'), 'utf8'), 'stays');
});

test('a drive gets the link that udev would make, and keeps the one that is there', async (t) => {
  const link = join(folderFor(t), 'by-uuid', 'AAAA-0001');
  await linkTo({ path: '/dev/sdb' }, link);
  assert.equal(await readlink(link), '../../sdb1');
  await linkTo({ path: '/dev/sdc' }, link);
  assert.equal(await readlink(link), '../../sdb1');
  await linkTo({ path: '/dev/nvme0n1' }, `${link}x`);
  assert.equal(await readlink(`${link}x`), '../../nvme0n1p1');
});

test('what is written to a drive stays in RAM, also where the drive does not take it; nobody else may read it', async (t) => {
  const file = join(folderFor(t), 'state');
  const slots = new FakeSlots(SLOTS, SLOT_BYTES);
  const kept = remembering(slots, (body) => keepState(body, file));
  assert.equal(await readKeptState(file), undefined);
  await writeState(kept, writeDriveState(state));
  assert.deepEqual(readDriveState((await readKeptState(file)) ?? new Uint8Array()), state);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await readState(kept)).kind, 'kept');
  for (const name of SLOTS) slots.broken.set(name, 'write');
  const later = { ...state, clusterFile: 'version: 1\n# later\n' };
  await assert.rejects(writeState(kept, writeDriveState(later)), /could not be kept/);
  assert.deepEqual(readDriveState((await readKeptState(file)) ?? new Uint8Array()), later);
});
