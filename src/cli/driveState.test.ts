import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { folderFor } from '../../test/fixtures/archive.ts';
import { tinyDrive } from '../../test/fixtures/tinyDrive.ts';
import { append, newChain } from '../core/identity/chain.ts';
import { newIdentity, successor } from '../core/identity/identity.ts';
import { SLOT_BYTES, SLOTS } from '../core/image/layout.ts';
import { DecodeError } from '../core/net/bytes.ts';
import { changesOf } from '../core/state/changes.ts';
import { writeDriveState, type DriveState } from '../core/state/driveState.ts';
import { readExport, whyNotOver, writeExport } from '../core/state/exported.ts';
import { isSigned, makeKeys, randomBytes, sign } from '../shell/keys.ts';
import { run as runCommand } from '../shell/run.ts';
import { openSlots } from '../shell/slots.ts';
import { readState, writeState } from '../shell/state.ts';
import type { Call } from './call.ts';
import { run as exportDrive } from './driveExport.ts';
import { run as importDrive } from './driveImport.ts';
import { stateIn } from './driveState.ts';

function started(boots = 1): DriveState {
  const identity = newIdentity(makeKeys(), randomBytes(16));
  return booted(
    { identity, chain: newChain(identity.cluster), clusterFile: 'version: 1\n', before: undefined, rest: new Map() },
    boots,
  );
}

function booted(state: DriveState, boots: number, machine = 'm'): DriveState {
  let { chain } = state;
  for (let boot = 0; boot < boots; boot += 1) chain = append(chain, { time: boot, machine, boot: '' });
  return { ...state, chain };
}

const call = (file: string, drive: string, ...switches: string[]): Call => ({
  words: [file],
  values: { drive },
  switches: new Set(switches),
});

const verify = (publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean =>
  isSigned({ publicKey }, bytes, signature);

async function folderDrive(t: TestContext): Promise<string> {
  const folder = folderFor(t);
  await mkdir(join(folder, 'state'));
  for (const name of SLOTS) await writeFile(join(folder, name), new Uint8Array(SLOT_BYTES));
  return folder;
}

async function quietly(t: TestContext, work: () => Promise<number>): Promise<number> {
  t.mock.method(process.stdout, 'write', () => true);
  try {
    return await work();
  } finally {
    t.mock.restoreAll();
  }
}

test('what one drive remembers another one does after export and import, from an image to a folder', async (t) => {
  const [image, folder] = [join(folderFor(t), 'drive.img'), await folderDrive(t)];
  await writeFile(image, tinyDrive());
  const state = started(3);
  await writeState(openSlots(image, runCommand), writeDriveState(state));
  const file = `${image}.kept`;
  assert.equal(await quietly(t, () => exportDrive(call(file, image))), 0);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal(await quietly(t, () => importDrive(call(file, folder))), 0);
  const there = stateIn(folder, await readState(openSlots(folder, runCommand)));
  assert.ok(there !== undefined);
  assert.equal(changesOf(there).at(-1)?.what, 'drive import drive.img.kept');
  assert.deepEqual(writeDriveState({ ...there, rest: new Map() }), writeDriveState(state));
  await assert.rejects(
    quietly(t, () => exportDrive(call(file, image))),
    /cannot be written: it is there already/,
  );
});

test('a file that was changed at any byte, cut or grown is not imported', () => {
  const state = started();
  const bytes = writeExport(writeDriveState(state), (signed) => sign(state.identity, signed));
  assert.deepEqual(readExport(bytes, verify).identity, state.identity);
  for (let at = 0; at < bytes.length; at += 7) {
    const bad = bytes.slice();
    bad[at] = (bad[at] ?? 0) ^ 1;
    assert.throws(() => readExport(bad, verify), DecodeError, `byte ${at}`);
  }
  for (const length of [0, 7, 15, 16, bytes.length - 65, bytes.length - 1]) {
    assert.throws(() => readExport(bytes.subarray(0, length), verify), DecodeError, `${length} bytes`);
  }
  assert.throws(() => readExport(Uint8Array.of(...bytes, 0), verify), DecodeError);
});

test('newer state, another cluster and a later generation are not replaced but by force', async (t) => {
  const state = started(2);
  assert.equal(whyNotOver(undefined, state), undefined);
  assert.equal(whyNotOver(state, state), undefined);
  assert.equal(whyNotOver(state, booted(state, 1)), undefined);
  assert.match(whyNotOver(booted(state, 1), state) ?? '', /was started since/);
  assert.match(whyNotOver(booted(state, 1, 'a'), booted(state, 2, 'b')) ?? '', /was started since/);
  assert.match(whyNotOver(started(), state) ?? '', /another cluster/);
  const later = { ...state, identity: successor(state.identity, randomBytes(16)) };
  assert.match(whyNotOver(later, state) ?? '', /has generation 2, the file 1/);
  const folder = await folderDrive(t);
  const file = join(folder, 'kept');
  await writeFile(
    file,
    writeExport(writeDriveState(state), (signed) => sign(state.identity, signed)),
  );
  await writeState(openSlots(folder, runCommand), writeDriveState(later));
  const before = await readFile(join(folder, 'state/b.bin'));
  await assert.rejects(
    quietly(t, () => importDrive(call(file, folder))),
    /has generation 2/,
  );
  assert.deepEqual(await readFile(join(folder, 'state/b.bin')), before);
  assert.equal(await quietly(t, () => importDrive(call(file, folder, 'force'))), 0);
});

test('a drive that was never started has nothing to export, and what is no drive is named', async (t) => {
  const folder = await folderDrive(t);
  await assert.rejects(exportDrive(call(join(folder, 'kept'), folder)), /was never started/);
  await assert.rejects(exportDrive(call(join(folder, 'kept'), '/nowhere')), /\/nowhere is not there/);
  await assert.rejects(importDrive(call(join(folder, 'none'), folder)), /cannot be read/);
});
