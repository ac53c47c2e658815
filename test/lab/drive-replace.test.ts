import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildRack, type Rack } from '../../lab/rack.ts';
import { findTools } from '../../lab/tools.ts';
import { ensureDrive, readDriveFile, writeClusterFile, writeDriveFile } from '../../src/build/main.ts';
import { headOf } from '../../src/core/identity/chain.ts';
import { readDriveState, type DriveState } from '../../src/core/state/driveState.ts';
import { sentenceOf } from '../../src/shell/fail.ts';
import { run } from '../../src/shell/run.ts';
import { openSlots } from '../../src/shell/slots.ts';
import { readState } from '../../src/shell/state.ts';

/** A host takes a secret and makes a new drive on its console, boots from it, and then with the former one beside it. */

const PATIENCE = 360_000;
const MIB = 2 ** 20;
/** Smaller than a drive usually is: emulated, each byte takes its time. */
const STICK_BYTES = 400 * MIB;

const racks: Rack[] = [];
const folders: string[] = [];
after(async () => {
  for (const rack of racks) await rack.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

interface Bench {
  readonly rack: Rack;
  /** Resolves with the first line that fits among those that are printed from now on. */
  readonly says: (wanted: RegExp) => Promise<string>;
  /** What the drive in an image remembers, once it counts so many boots. */
  readonly booted: (image: string, boots: number) => Promise<DriveState>;
}

async function bench(drive: string, firmware: 'uefi' | 'bios', clusterFile: typeof writeClusterFile): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'pxen-test-replace-'));
  folders.push(folder);
  const waiting = new Set<(text: string) => void>();
  const quiet = (): void => undefined;
  const seen: string[] = [];
  const line = (_machine: unknown, seconds: number, text: string): void => {
    seen.push(`${seconds.toFixed(1)} ${text}`);
    for (const wait of waiting) wait(text);
  };
  const events = { on: quiet, line, dhcp: quiet, reset: quiet, off: quiet };
  const options = { drive: { path: drive, bytes: 0 }, writeClusterFile: clusterFile, hosts: 1, firmware };
  const rack = await buildRack(options, { run, tools: await findTools(run, firmware), folder, events });
  racks.push(rack);
  const says = (wanted: RegExp): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const late: NodeJS.Timeout = setTimeout(
      () => reject(new Error(`nothing like ${wanted.source} was said\n${seen.slice(-40).join('\n')}`)),
      PATIENCE,
    );
    late.unref();
    const wait = (text: string): void => {
      // As long as it says anything, it gets on.
      if (!wanted.test(text)) return void late.refresh();
      waiting.delete(wait);
      clearTimeout(late);
      resolve(text);
    };
    waiting.add(wait);
    return promise;
  };
  const booted = (image: string, boots: number): Promise<DriveState> =>
    afterBoot(image, boots).catch(async (error: unknown) => {
      rack.host0.type('journalctl -u pxen-host0 --no-pager | tail -25; ls -l /dev/disk/by-uuid\n');
      await sleep(20_000);
      throw new Error(`${sentenceOf(error)}\n${seen.slice(-40).join('\n')}`);
    });
  return { rack, says, booted };
}

async function stateOn(image: string): Promise<DriveState | undefined> {
  const { current } = await readState(openSlots(image, run));
  return current && readDriveState(current.body);
}

async function afterBoot(image: string, boots: number): Promise<DriveState> {
  for (const until = Date.now() + PATIENCE; Date.now() < until; await sleep(1000)) {
    const state = await stateOn(image).catch(() => undefined);
    if (state !== undefined && headOf(state.chain).counter >= boots) return state;
  }
  throw new Error(`${image} was not booted ${boots} times in time`);
}

/** A root shell on the console of whoever boots from it (image/host/usr/lib/pxen/boot/console). */
async function withDebugShell(drive: string): Promise<void> {
  const [cfg, sums] = ['boot/grub/grub.cfg', 'boot/loaders/sha256sums'];
  const before = await readDriveFile(drive, cfg);
  const changed = before.replace(' pxen.drive=', ' pxen.debug pxen.drive=');
  assert.notEqual(changed, before);
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  await writeDriveFile(drive, cfg, changed);
  await writeDriveFile(drive, sums, (await readDriveFile(drive, sums)).replace(hash(before), hash(changed)));
}

const wishesOf = (drive: string): Promise<string> => readDriveFile(drive, 'cluster.yaml');
const secretsOf = (drive: string): Promise<string> => readDriveFile(drive, 'secrets.yaml');

test(
  'a secret set and a drive replaced on the console of host0; the new one has both files and boots the same cluster, and beside it the former one is void',
  {
    timeout: 1_500_000,
  },
  async () => {
    const built = await ensureDrive(() => undefined);
    const first = await bench(built.path, 'uefi', writeClusterFile);
    const { host0, drive: former } = first.rack;
    await withDebugShell(former);
    const fresh = host0.spec.disks[0]?.path ?? '';
    await truncate(fresh, STICK_BYTES);
    await host0.powerOn();
    const old = await first.booted(former, 1);
    assert.equal(old.identity.generation, 1);

    // Typed again until there is a shell that takes it.
    const made = first.says(/^\/dev\/vda holds the drive [0-9A-F-]{9} of cluster/);
    const taken = first.says(/host0 serves from the new one already/);
    for (let isThere = false; !isThere;) {
      const shell = first.says(/^shell is there 42/).then(() => true);
      host0.type('echo shell is there $((6 * 7))\n');
      isThere = await Promise.race([shell, sleep(5000, false)]);
      shell.catch(() => undefined);
    }
    const kept = first.says(/^word is set; the change is safe on drive/);
    host0.type('echo quietly-kept | pxen secrets set word\n');
    await kept;
    assert.match(await secretsOf(former), /^ +word: "?quietly-kept"?$/m);
    host0.type('pxen drive replace /dev/vda --yes --force\n');
    assert.match(await made, new RegExp(`cluster ${old.identity.cluster}: generation 2`));
    await taken;
    await host0.powerCut();
    const next = await stateOn(fresh);
    assert.ok(next);
    const { cluster, privateKey } = old.identity;
    assert.deepEqual(
      [next.identity.cluster, next.identity.privateKey, next.identity.generation],
      [cluster, privateKey, 2],
    );
    assert.equal(await wishesOf(fresh), await wishesOf(former));
    assert.equal(await secretsOf(fresh), await secretsOf(former));

    // Alone, by the other firmware.
    const alone = await bench(fresh, 'bios', async () => undefined);
    await alone.rack.host0.powerOn();
    const booted = await alone.booted(alone.rack.drive, 2);
    assert.deepEqual(booted.identity, next.identity);
    assert.equal(booted.clusterFile, next.clusterFile);
    await alone.rack.close();

    // The firmware takes the former drive; host0 does not.
    const unused = await stateOn(former);
    await host0.powerOn();
    const again = await first.booted(fresh, 2);
    assert.deepEqual(again.identity, next.identity);
    await sleep(2000);
    assert.deepEqual(await stateOn(former), unused, 'something was written to the former drive');
    await host0.powerCut();
  },
);
