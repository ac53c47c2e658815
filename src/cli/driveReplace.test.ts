import assert from 'node:assert/strict';
import { mkdir, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { folderFor } from '../../test/fixtures/archive.ts';
import { tinyContent } from '../../test/fixtures/driveContent.ts';
import { append, newChain } from '../core/identity/chain.ts';
import { compareClaims, type Claim } from '../core/identity/claim.ts';
import { headOf } from '../core/identity/chain.ts';
import { newIdentity } from '../core/identity/identity.ts';
import { driveReplacedResult } from '../core/image/jsonSchema.ts';
import { BIOS_FILE, SLOT_BYTES, SLOTS } from '../core/image/layout.ts';
import { changesOf } from '../core/state/changes.ts';
import { writeDriveState, type DriveState } from '../core/state/driveState.ts';
import { beginState } from '../host0/state.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { makeKeys, randomBytes } from '../shell/keys.ts';
import { run as runCommand } from '../shell/run.ts';
import { openSlots } from '../shell/slots.ts';
import { readState, writeState } from '../shell/state.ts';
import type { Call } from './call.ts';
import { run as checkDrive } from './driveCheck.ts';
import { run as replaceDrive } from './driveReplace.ts';
import { stateIn } from './driveState.ts';

const identity = newIdentity(makeKeys(), randomBytes(16));
const chain = append(newChain(identity.cluster), { time: 1, machine: 'm', boot: 'b' });
const state: DriveState = {
  identity,
  chain,
  clusterFile: 'version: 1\n',
  before: undefined,
  rest: new Map([['tls', Buffer.from('kept')]]),
};
const { files, bios } = await tinyContent();

/** A folder as stage 1 lays it out in RAM, with the slots beside it. */
async function host0Folder(t: TestContext, isStarted = true): Promise<string> {
  const folder = folderFor(t);
  const put = async (path: string, bytes: Uint8Array): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  };
  for (const { path, size, read } of files) await put(path, await read(0, size));
  await put(BIOS_FILE, bios);
  for (const name of SLOTS) await put(name, new Uint8Array(SLOT_BYTES));
  await put('overlay/motd', Buffer.from('hello\n'));
  await put('addons/router/addon.yaml', Buffer.from('modules: [wireguard]\n'));
  if (isStarted) await writeState(openSlots(folder, runCommand), writeDriveState(state));
  return folder;
}

/** A file that stands for a stick of 40 MiB. */
async function stick(t: TestContext): Promise<string> {
  const file = join(folderFor(t), 'stick.img');
  await writeFile(file, 'not a drive');
  await truncate(file, 40 * 2 ** 20);
  return file;
}

const call = (device: string, from: string, ...switches: string[]): Call => ({
  words: [device],
  values: { from },
  switches: new Set(['yes', 'force', ...switches]),
});

async function said(t: TestContext, work: () => Promise<number>): Promise<{ code: number; text: string }> {
  const pieces: string[] = [];
  const write = (text: string | Uint8Array): boolean => pieces.push(String(text)) > 0;
  t.mock.method(process.stdout, 'write', write);
  t.mock.method(process.stderr, 'write', () => true);
  try {
    const code = await work();
    return { code, text: pieces.join('') };
  } finally {
    t.mock.restoreAll();
  }
}

const claim = ({ identity: { cluster, drive, generation }, chain }: DriveState): Claim => ({
  cluster,
  drive,
  generation,
  head: headOf(chain),
});

test('a new drive from a folder: whole, the same cluster, one generation on, and the old one loses to it', async (t) => {
  const [from, target] = [await host0Folder(t), await stick(t)];
  const { code, text } = await said(t, () => replaceDrive(call(target, from, 'json')));
  assert.equal(code, 0, text);
  const result = driveReplacedResult.parse(JSON.parse(text));
  assert.deepEqual([result.generation, result.replaces, result.leftOut], [2, identity.drive, []]);
  const made = stateIn(target, await readState(openSlots(target, runCommand)));
  assert.ok(made);
  const [change] = changesOf(made);
  assert.match(change?.what ?? '', new RegExp(`^drive replace .*, in place of ${identity.drive}$`));
  assert.deepEqual(made, { ...made, chain, identity: { ...identity, drive: result.drive, generation: 2 } });
  assert.equal(Buffer.from(made.rest.get('tls') ?? []).toString(), 'kept');
  assert.ok(compareClaims(claim(made), claim(state)) < 0);
  const before = append(append(chain, { time: 2, machine: 'm', boot: 'c' }), { time: 3, machine: 'm', boot: 'd' });
  assert.ok(
    compareClaims(claim(made), claim({ ...state, chain: before })) < 0,
    'also when the old one is booted again',
  );
  const checked = await said(t, () => checkDrive({ words: [target], values: {}, switches: new Set() }));
  assert.equal(checked.code, 0, checked.text);
  const image = await readFile(target);
  assert.ok(image.includes('hello\n') && image.includes('modules: [wireguard]'));
});

test('what is wrong with add-ons is told, and holds no new drive up', async (t) => {
  const [from, target] = [await host0Folder(t), await stick(t)];
  const wishes = 'version: 1\ncluster: { name: tiny }\naddons: { router: {}, gone: {} }\n';
  await writeFile(join(from, 'cluster.yaml'), wishes);
  await writeFile(join(from, 'addons/router/addon.yaml'), 'moduls: [wireguard]\n');
  const { code, text } = await said(t, () => replaceDrive(call(target, from, 'json')));
  assert.equal(code, 0, text);
  const { warnings } = driveReplacedResult.parse(JSON.parse(text));
  assert.deepEqual(warnings, [
    'addons/router/addon.yaml:1:1: there is no key `moduls` here',
    'addons/gone/addon.yaml: it is missing, and cluster.yaml switches it on',
  ]);
});

const REFUSED: readonly (readonly [string, (folder: string) => Promise<void>, RegExp])[] = [
  [
    'a damaged file of the release',
    (folder) => writeFile(join(folder, 'boot/releases/0.1.0-tiny/initrd'), 'i'.repeat(4999) + 'j'),
    /not whole: boot\/releases\/0\.1\.0-tiny\/initrd/,
  ],
  ['no GRUB for BIOS', (folder) => writeFile(join(folder, BIOS_FILE), bios.subarray(0, 700)), /not whole: boot sector/],
  [
    'a release that is missing',
    (folder) => writeFile(join(folder, 'boot/grubenv'), '#'.repeat(1024)),
    /names no current/,
  ],
];
for (const [what, spoil, says] of REFUSED) {
  test(`${what} is told before anything is erased`, async (t) => {
    const [from, target] = [await host0Folder(t), await stick(t)];
    await spoil(from);
    await assert.rejects(
      said(t, () => replaceDrive(call(target, from))),
      says,
    );
    assert.equal((await readFile(target)).subarray(0, 11).toString(), 'not a drive');
  });
}

test('what was changed by hand goes along where that is meant', async (t) => {
  const [from, target] = [await host0Folder(t), await stick(t)];
  await writeFile(join(from, 'boot/grub/grub.cfg'), 'set timeout=5\n');
  await assert.rejects(
    said(t, () => replaceDrive(call(target, from))),
    /not whole: boot\/grub\/grub\.cfg: its content is damaged/,
  );
  const { code, text } = await said(t, () => replaceDrive(call(target, from, 'as-it-is')));
  assert.equal(code, 0);
  assert.match(text, /warning: boot\/grub\/grub\.cfg/);
});

test('a drive that was never started is not replaced, nor one that is not there', async (t) => {
  const target = await stick(t);
  const virgin = await host0Folder(t, false);
  await assert.rejects(
    said(t, () => replaceDrive(call(target, virgin))),
    /was never started/,
  );
  await assert.rejects(
    said(t, () => replaceDrive(call(target, '/nowhere'))),
    /nowhere/,
  );
});

test("the administrator's mistakes and strange names hold nobody up, and are said", async (t) => {
  const [from, target] = [await host0Folder(t), await stick(t)];
  await writeFile(join(from, 'cluster.yaml'), 'version: 1\ncluster: { nome: tiny }\n');
  await writeFile(join(from, 'overlay', 'what?'), 'x');
  const { code, text } = await said(t, () => replaceDrive(call(target, from)));
  assert.equal(code, 0);
  assert.match(text, /generation 2/);
  assert.match(text, /left out: overlay\/what\?: its name has a character/);
  assert.match(text, /warning: cluster\.yaml:2:\d+: /);
});

test('a stick without room for the release is refused with what it would need', async (t) => {
  const [from, target] = [await host0Folder(t), await stick(t)];
  await writeFile(join(from, 'boot', 'large'), Buffer.alloc(48 * 2 ** 20));
  await assert.rejects(
    said(t, () => replaceDrive(call(target, from))),
    /no drive can be made on .*: its files need 5\d+ bytes/,
  );
});

test('an edit that comes while the drive is being written is not lost: that drive is not finished', async (t) => {
  const [from, target] = [await host0Folder(t), await stick(t)];
  const refused = assert.rejects(
    said(t, () => replaceDrive(call(target, from))),
    /cluster\.yaml changed while the drive was being written/,
  );
  // The first thing that happens to the stick is that its first MiB is wiped.
  const head = await open(target);
  t.after(() => head.close());
  while ((await head.read(Buffer.alloc(5), 0, 5, 0)).buffer.toString() === 'not a') await sleep(2);
  await writeFile(join(from, 'cluster.yaml'), 'version: 1\ncluster: { name: later }\n');
  await refused;
  assert.ok((await readFile(target)).subarray(0, 512).every((byte) => byte === 0));
});

test('the next boot from the new drive goes on with the same cluster: one stamp more, and nothing is begun anew', async (t) => {
  const [from, target] = [await host0Folder(t), await stick(t)];
  await said(t, () => replaceDrive(call(target, from)));
  const slots = openSlots(target, runCommand);
  const [clock, log, ending] = [new FakeClock(), new FakeLog(), new AbortController()];
  const who = { time: 5, machine: 'm', boot: 'the next', makeKeys, randomBytes };
  const begun = await beginState({ slots, log, clock, ...who, clusterFile: () => 'version: 1\n' });
  const keeping = begun.keep(ending.signal);
  for (const until = Date.now() + 10_000; Date.now() < until; await sleep(50)) {
    const now = stateIn(target, await readState(slots));
    if (now !== undefined && headOf(now.chain).counter === 2) break;
  }
  ending.abort();
  await keeping;
  const now = stateIn(target, await readState(slots));
  assert.deepEqual([now?.identity.cluster, now?.identity.generation], [identity.cluster, 2]);
  assert.equal(now && headOf(now.chain).counter, 2);
  assert.deepEqual([log.of('STATE_FIRST_START'), log.of('STATE_UNUSABLE'), begun.warnings()], [[], [], []]);
});
