import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildRack } from '../../lab/rack.ts';
import { findTools } from '../../lab/tools.ts';
import { ensureDrive, readDriveFile, writeDriveFile, type BuiltDrive } from '../../src/build/main.ts';
import { ownBlockText, ownId, readOwnBlock, type OwnBoot } from '../../src/core/boot/ownBlock.ts';
import { OWN_BLOCK } from '../../src/core/image/layout.ts';
import { run } from '../../src/shell/run.ts';

/** Real GRUB on real firmware reads the block of the drive; in place of starting Xen it says what it would start. */

const PATIENCE = { timeout: 30 * 60_000 };
/** A word a line: GRUB breaks long ones. */
const SAY = '  for word in $xen and $linux $own end; do echo "grub: $word"; done';
const quiet = (): void => undefined;
const UUID = '70786e00-6c61-4b62-8000-000000000001';
const OWN: OwnBoot = {
  board: UUID,
  xen: ['dom0_mem=900M', 'x=a;b', 'y=$z'],
  linux: ['panic=30', 'dyndbg=file#x', 'z={a}'],
  layers: ['htop', 'tree'],
};
let folder = '';
let drive: BuiltDrive;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pxen-test-own-'));
  const built = await ensureDrive(quiet);
  drive = { ...built, path: join(folder, 'saying.img') };
  await copyFile(built.path, drive.path);
  const menu = await readDriveFile(built.path, 'boot/grub/grub.cfg');
  const saying = menu
    .replace('function start {', `function start {\n${SAY}`)
    .replaceAll(/^ {2}(multiboot2|module2) .*$/gm, '')
    .replace('terminal_output console serial', 'terminal_output serial');
  await writeDriveFile(drive.path, 'boot/grub/grub.cfg', saying.replace('  check_memory\n', ''));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Boots a machine from a drive with this block, several times; what GRUB would start each time, and the block after it. */
async function boots(firmware: 'bios' | 'uefi', block: string, count: number) {
  const place = await mkdtemp(join(folder, 'rack-'));
  let resolve: (text: string) => void = quiet;
  let said: string[] = [];
  const line = (_machine: unknown, _seconds: number, text: string): void => {
    said.push(...(/grub: (\S+)/.exec(text)?.slice(1) ?? []));
    if (said.at(-1) === 'end') resolve(said.join(' '));
  };
  const events = { on: quiet, line, dhcp: quiet, reset: quiet, off: quiet };
  const writeClusterFile = (path: string): Promise<void> => writeDriveFile(path, OWN_BLOCK, block);
  const options = { drive, writeClusterFile, hosts: 1, firmware };
  const rack = await buildRack(options, { run, tools: await findTools(run, firmware), folder: place, events });
  const all: { said: string; trial: string | undefined }[] = [];
  try {
    for (let boot = 0; boot < count; boot += 1) {
      said = [];
      const heard = new Promise<string>((done) => (resolve = done));
      await rack.host0.powerOn();
      const words = await heard;
      await rack.host0.powerCut();
      all.push({ said: words, trial: readOwnBlock(await readDriveFile(rack.drive, OWN_BLOCK))?.trial });
    }
  } finally {
    await rack.close();
  }
  return all;
}

const GIVEN = `dom0_mem=900M x=a;b y=$z and panic=30 dyndbg=file#x z={a} pxen.own=${ownId(OWN)} pxen.layers=htop,tree end`;

for (const firmware of ['bios', 'uefi'] as const) {
  test(`${firmware}: a fresh block is tried twice, then the machine starts without it`, PATIENCE, async () => {
    const all = await boots(firmware, ownBlockText(OWN, '2'), 3);
    assert.deepEqual(
      all.map(({ trial }) => trial),
      ['1', '0', '0'],
    );
    assert.deepEqual([all[0]?.said, all[1]?.said], [GIVEN, GIVEN]);
    assert.match(all[2]?.said ?? '', /^dom0_mem=820M\+2%,max:820M\+2% .* and console=tty0 .*md_mod\.start_ro=1 end$/);
  });
}

test(
  'a block that the machine came up with is used and left alone, whichever order of its UUID the loader sees',
  PATIENCE,
  async () => {
    const swapped = { ...OWN, board: '006e7870-616c-624b-8000-000000000001' };
    assert.deepEqual(await boots('bios', ownBlockText(swapped, 'y'), 1), [{ said: GIVEN, trial: 'y' }]);
    assert.deepEqual(await boots('bios', ownBlockText({ ...OWN, board: 'any' }, 'y'), 1), [
      { said: GIVEN, trial: 'y' },
    ]);
  },
);

test('the block of another machine, an empty one and a torn one set nothing', PATIENCE, async () => {
  const other = ownBlockText({ ...OWN, board: '70786e00-6c61-4b62-8000-000000000002' }, 'y');
  const torn = ownBlockText(OWN, 'y').replace('own_end=', 'own_end=0');
  for (const block of [other, ownBlockText(undefined, 'y'), torn.slice(0, -1)]) {
    const [only] = await boots('bios', block, 1);
    assert.match(only?.said ?? '', /^dom0_mem=820M\+2%.*md_mod\.start_ro=1 end$/);
  }
});
