import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newChain } from '../core/identity/chain.ts';
import { newIdentity, successor, type Identity } from '../core/identity/identity.ts';
import { grubenvText } from '../core/boot/grubenv.ts';
import { writeDriveState } from '../core/state/driveState.ts';
import type { Drives } from '../shell/driveContent.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { FakeHostFiles } from '../shell/fake/host-files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import type { Plugged } from '../shell/plugged.ts';
import { driveInForce, type SuccessionDeps } from './succession.ts';
import { DriveWatch } from './watchDrives.ts';

const chance = (byte: number): Uint8Array => new Uint8Array(16).fill(byte);
const first = newIdentity({ publicKey: 'AAAA', privateKey: 'BBBB' }, chance(1));
const second = successor(first, chance(2));
const bodyOf = (identity: Identity): Uint8Array =>
  writeDriveState({
    identity,
    chain: newChain(identity.cluster),
    clusterFile: 'x',
    before: undefined,
    rest: new Map(),
  });

const OLD = '/dev/disk/by-uuid/AAAA-0001';
const [one, two]: [Plugged, Plugged] = [
  { path: '/dev/sda', volume: 'AAAA-0001', key: 'sda 1 AAAA-0001' },
  { path: '/dev/sdb', volume: 'BBBB-0002', key: 'sdb 2 BBBB-0002' },
];

/** Drives that are plugged in, and what each holds. */
function site(plugged: readonly Plugged[], bodies: Readonly<Record<string, Uint8Array | undefined>>, release = 'r1') {
  const log = new FakeLog();
  const now = { plugged };
  const kept: { body: Uint8Array | undefined } = { body: undefined };
  const put: [readonly string[], string[]][] = [];
  const links: string[] = [];
  const content = new Map([
    ['boot/grubenv', Buffer.from(grubenvText({ current: release }))],
    ['cluster.yaml', Buffer.from('version: 1\n')],
    ['overlay/motd', Buffer.from('hi')],
    ['addons/router/addon.yaml', Buffer.from('modules: [wireguard]')],
    ['boot/overlay/x', Buffer.from('no wish')],
  ]);
  let reads = 0;
  const drives: Drives = {
    plugged: async () => now.plugged,
    body: async (path) => {
      reads += 1;
      return bodies[path];
    },
    files: async (_path, which) => new Map([...content].filter(([path]) => which.test(path))),
  };
  const files = new FakeHostFiles({
    '/run/pxen/boot.env': "PXEN_DRIVE='/dev/sda1'\nPXEN_NAME='ada'\n",
    '/run/pxen/host0.env': `PXEN_HOST0_MORE='--release r1 --device ${OLD}'\n`,
  });
  const deps: SuccessionDeps = {
    drives,
    kept: async () => kept.body,
    keep: async (body) => void (kept.body = body),
    put: async (instead, fresh) => void put.push([instead, [...fresh.keys()]]),
    link: async ({ path }, link) => void links.push(`${link} -> ${path}`),
    files,
    log,
  };
  return { deps, log, kept, put, links, files, now, reads: () => reads };
}

test('one drive alone is the one in force, and is not even read', async () => {
  const { deps, reads } = site([one], { '/dev/sda': bodyOf(first) });
  assert.equal(await driveInForce(OLD, 'r1', deps), OLD);
  assert.equal(reads(), 0);
});

for (const [what, own] of [
  ['beside it', [one, two]],
  ['while the former one is pulled', [two]],
] as const) {
  test(`a host that was started from a former drive goes over to its successor ${what}: state, wishes, facts`, async () => {
    const { deps, log, kept, put, links, files } = site(own, { '/dev/sda': bodyOf(first), '/dev/sdb': bodyOf(second) });
    kept.body = bodyOf(first);
    assert.equal(await driveInForce(OLD, 'r1', deps), '/dev/disk/by-uuid/BBBB-0002');
    assert.deepEqual(kept.body, bodyOf(second));
    assert.deepEqual(links, ['/dev/disk/by-uuid/BBBB-0002 -> /dev/sdb']);
    assert.deepEqual(
      put.map(([, paths]) => paths),
      [['cluster.yaml', 'overlay/motd', 'addons/router/addon.yaml']],
    );
    assert.ok(put[0]?.[0].includes('overlay') && put[0][0].includes('addons') && put[0][0].includes('secrets.yaml'));
    assert.match(
      files.texts.get('/run/pxen/boot.env') ?? '',
      /PXEN_DRIVE='\/dev\/disk\/by-uuid\/BBBB-0002'\nPXEN_NAME='ada'/,
    );
    assert.match(files.texts.get('/run/pxen/host0.env') ?? '', /--device \/dev\/disk\/by-uuid\/BBBB-0002'/);
    assert.equal(log.of('DRIVE_SUCCESSOR').length, 1);
  });
}

test('a former drive, a copy, a stranger and what cannot be read take nobody over', async () => {
  const stranger = { ...second, privateKey: 'CCCC' };
  for (const body of [bodyOf(first), bodyOf(successor(stranger, chance(3))), Buffer.from('rubbish'), undefined]) {
    const { deps, put } = site([one, two], { '/dev/sda': bodyOf(second), '/dev/sdb': body });
    assert.equal(await driveInForce(OLD, 'r1', deps), OLD);
    assert.deepEqual(put, []);
  }
});

test('a successor with another release is not mixed with the one that runs: a sentence says which drive to pull', async () => {
  const { deps, put } = site([one, two], { '/dev/sda': bodyOf(first), '/dev/sdb': bodyOf(second) }, 'r2');
  await assert.rejects(
    driveInForce(OLD, 'r1', deps),
    /former drive \(generation 1\); .* in \/dev\/sdb, has release r2/,
  );
  assert.deepEqual(put, []);
});

async function watched(site: { deps: SuccessionDeps }, rounds: number) {
  const [clock, ending] = [new FakeClock(), new AbortController()];
  const watch = new DriveWatch(OLD, site.deps);
  let isOver: boolean | undefined;
  const watching = watch.watch(clock, ending.signal).then((over) => (isOver = over));
  const pass = async (count: number): Promise<void> => {
    for (let round = 0; round < count; round += 1) await clock.pass(10_000);
  };
  await pass(rounds);
  const end = async (): Promise<boolean | undefined> => {
    ending.abort();
    await watching;
    return isOver;
  };
  return { watch, pass, end, isOver: () => isOver };
}

test('a void drive that is put in later is said once, shown while it is there, and read once', async () => {
  const all = site([one], { '/dev/sdb': bodyOf(first) });
  all.kept.body = bodyOf(second);
  const { watch, pass, end } = await watched(all, 2);
  assert.deepEqual(watch.warnings(), []);
  all.now.plugged = [one, two];
  await pass(5);
  assert.match(watch.warnings().join(), /\/dev\/sdb is a former drive of this cluster \(generation 1\) and void/);
  assert.equal(all.log.of('DRIVE_FORMER').length, 1);
  assert.equal(all.reads(), 1);
  all.now.plugged = [one];
  await pass(1);
  assert.deepEqual(watch.warnings(), []);
  assert.equal(await end(), false);
});

test('a drive that took the place of this one ends the watch: host0 begins anew with it', async () => {
  const all = site([one], { '/dev/sdb': bodyOf(second) });
  all.kept.body = bodyOf(first);
  const { isOver, pass } = await watched(all, 1);
  all.now.plugged = [one, two];
  await pass(1);
  assert.equal(isOver(), true);
});

test('a disk that goes away while it is read ends nothing', async () => {
  const all = site([one, two], {});
  all.kept.body = bodyOf(first);
  const failing = { ...all.deps, drives: { ...all.deps.drives, body: () => Promise.reject(new Error('EIO')) } };
  const { pass, end } = await watched({ deps: failing }, 2);
  await pass(1);
  assert.ok(all.log.of('DRIVES_UNSEEN').length >= 1);
  assert.equal(await end(), false);
});
