import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { folderFor } from '../../test/fixtures/archive.ts';
import { newChain } from '../core/identity/chain.ts';
import { newIdentity } from '../core/identity/identity.ts';
import { SLOT_BYTES, SLOTS } from '../core/image/layout.ts';
import { writeDriveState } from '../core/state/driveState.ts';
import { makeKeys, randomBytes } from '../shell/keys.ts';
import { run } from '../shell/run.ts';
import { openSlots } from '../shell/slots.ts';
import { writeState } from '../shell/state.ts';

const SECRETS = 'version: 1\nsecrets:\n  operator: MARKED\n';

async function folderDrive(t: TestContext): Promise<string> {
  const folder = folderFor(t);
  await mkdir(join(folder, 'state'));
  for (const name of SLOTS) await writeFile(join(folder, name), new Uint8Array(SLOT_BYTES));
  return folder;
}

/** A drive that was started once, with secrets.yaml on it. */
async function startedDrive(t: TestContext): Promise<string> {
  const drive = await folderDrive(t);
  const identity = newIdentity(makeKeys(), randomBytes(16));
  const state = {
    identity,
    chain: newChain(identity.cluster),
    clusterFile: 'version: 1\n',
    before: undefined,
    secretsFile: SECRETS,
    rest: new Map(),
  };
  await writeState(openSlots(drive, run), writeDriveState(state));
  await writeFile(join(drive, 'secrets.yaml'), SECRETS);
  return drive;
}

const pxen = (...words: string[]) =>
  run([process.execPath, join(import.meta.dirname, 'main.ts'), 'drive', ...words], { accept: [0, 1, 2] });

test('an export holds secrets.yaml only where that is asked for, and gives it back only to a file', async (t) => {
  const [drive, other] = [await startedDrive(t), await folderDrive(t)];
  const [bare, whole] = [join(drive, 'bare'), join(drive, 'whole')];
  assert.equal((await pxen('export', bare, '--drive', drive)).code, 0);
  assert.ok(!(await readFile(bare)).includes('MARKED'));
  const secrets = join(drive, 'secrets.yaml');
  const told = await pxen('export', whole, '--drive', drive, '--secrets', secrets);
  assert.match(told.stdout, /, and secrets\.yaml$/m);
  const imported = await pxen('import', whole, '--drive', other);
  assert.match(imported.stdout, /also holds secrets\.yaml: --secrets FILE/);
  for (const name of SLOTS) assert.ok(!(await readFile(join(other, name))).includes('MARKED'), name);
  const back = join(other, 'secrets.yaml');
  assert.equal((await pxen('import', whole, '--drive', other, '--secrets', back)).code, 0);
  assert.equal(await readFile(back, 'utf8'), SECRETS);
  assert.equal((await stat(back)).mode & 0o777, 0o600);
  assert.match(
    (await pxen('import', bare, '--drive', other, '--secrets', `${back}2`)).stderr,
    /holds no secrets\.yaml/,
  );
  assert.match((await pxen('import', whole, '--drive', other, '--secrets', back)).stderr, /Name a new file/);
});

test('a secrets.yaml with mistakes is not exported, and nothing of it is shown', async (t) => {
  const drive = await startedDrive(t);
  const broken = join(drive, 'broken');
  await writeFile(broken, 'version: 1\nsecrets:\n  operator: [MARKED]\n');
  const { code, stdout, stderr } = await pxen('export', join(drive, 'x'), '--drive', drive, '--secrets', broken);
  assert.equal(code, 2);
  assert.doesNotMatch(stdout + stderr, /MARKED/);
});
