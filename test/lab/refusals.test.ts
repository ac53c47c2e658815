import assert from 'node:assert/strict';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { buildRack } from '../../lab/rack.ts';
import { findTools } from '../../lab/tools.ts';
import { ensureDrive, ensureImage, writeClusterFile, type BuiltDrive } from '../../src/build/main.ts';
import { run } from '../../src/shell/run.ts';

/** What a real machine says on its console when it must not go on. */

const PATIENCE = { timeout: 30 * 60_000 };
/** Milliseconds without a line after which a machine counts as stuck. */
const LONGEST_SILENCE = 4 * 60_000;
const quiet = (): void => undefined;
let drive: BuiltDrive;
let release = '';

before(async () => {
  drive = await ensureDrive(quiet);
  release = (await ensureImage(quiet)).folder;
});

interface Trial {
  readonly memoryMiB?: number;
  /** Does something to the drive before the machine is switched on. */
  readonly spoil?: (drive: string) => Promise<void>;
}

/** Boots one machine from the drive until its console shows the line; gives that line. */
async function saidBy({ memoryMiB, spoil }: Trial, wanted: RegExp): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pxen-test-refusal-'));
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const seen: string[] = [];
  const line = (_machine: unknown, _seconds: number, text: string): void => {
    seen.push(text);
    late.refresh();
    if (wanted.test(text)) resolve(text);
    if (text.includes('pxen: ready')) reject(new Error('it became ready all the same'));
  };
  const late = setTimeout(() => reject(new Error(seen.slice(-20).join('\n'))), LONGEST_SILENCE);
  const options = { drive, writeClusterFile, hosts: 1, firmware: 'bios' as const };
  const events = { on: quiet, line, dhcp: quiet, reset: quiet, off: quiet };
  const parts = { run, tools: await findTools(run, 'bios'), folder, events };
  const rack = await buildRack({ ...options, ...(memoryMiB === undefined ? {} : { memoryMiB }) }, parts);
  try {
    await spoil?.(rack.drive);
    await rack.host0.powerOn();
    return await promise;
  } finally {
    clearTimeout(late);
    await rack.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Turns one bit of a file of the release as it lies on the drive, found by 64 bytes around it. */
const damage =
  (name: string, at: number) =>
  async (image: string): Promise<void> => {
    const mark = (await readFile(join(release, name))).subarray(at, at + 64);
    const place = (await readFile(image)).indexOf(mark);
    assert.ok(place > 0, `${name} is not on the drive`);
    const file = await open(image, 'r+');
    try {
      await file.write(Uint8Array.of((mark[0] ?? 0) ^ 1), 0, 1, place);
    } finally {
      await file.close();
    }
  };

test(
  'a root that does not match its hash is never mounted, and the console says which copy is damaged',
  PATIENCE,
  async () => {
    const said = await saidBy({ spoil: damage('root.squashfs', 33_554_432) }, /stage1 retry/);
    assert.match(said, /root\.squashfs does not match its hash in the manifest: the drive copy is damaged/);
  },
);

test('a manifest that is not the one the loader named ends the boot with a sentence', PATIENCE, async () => {
  const said = await saidBy({ spoil: damage('manifest', 256) }, /stage1 retry/);
  assert.match(said, /the manifest of release .* is damaged or of another release/);
});

test(
  'a machine with too little memory says how much it has and how much it needs, before Xen starts',
  PATIENCE,
  async () => {
    const said = await saidBy({ memoryMiB: 640 }, /this machine has|\(XEN\)/);
    assert.match(said, /pxen: this machine has 640 MiB of memory, but needs 2048 MiB: add memory/);
  },
);
