import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { armMachines } from '../fixtures/armMachines.ts';
import type { Trial, TrialDrive } from '../fixtures/firmwareDrive.ts';
import { SERVER, Site, skip } from '../fixtures/firmwareSite.ts';
import type { Board } from '../fixtures/uBootFlash.ts';

/** 64-bit ARM: edk2 by its own PXE and HTTP boot, and U-Boot by the standard boot of boards that try `pxe`, then `dhcp`, or `dhcp` alone. */

const found = skip === false ? await armMachines() : skip;
const why = found instanceof Error ? `Debian's firmware for arm64 cannot be had: ${found.message}` : skip;
const machines = typeof found === 'object' && !(found instanceof Error) ? { machines: found } : {};
const boardWith = (board: Board) => ('machines' in machines ? { ovmf: machines.machines.uBoot[board] } : {});

const arm = { firmware: 'uefi', card: 'virtio-net-pci' } as const;
const PXE: Trial = { ...arm, name: 'pxe', netboot: 'pxe', capture: 'aavmf-pxe' };
const HTTP: Trial = { ...arm, name: 'http', netboot: 'http', capture: 'aavmf-http' };
const U_BOOT: Trial = { ...arm, ...boardWith('pxe'), name: 'board', capture: 'u-boot-pxelinux' };
const SCRIPT: Trial = { ...arm, ...boardWith('script'), name: 'script', capture: 'u-boot-script' };
const FOREIGN: Trial = {
  ...arm,
  ...boardWith('pxe'),
  name: 'foreign',
  payload: { script: `chain http://${SERVER}/boot/trial/checked.ipxe` },
  capture: 'u-boot-efi',
};
const site = new Site({ role: 'full', trials: [PXE, HTTP, U_BOOT, SCRIPT], ...machines });

/** What the processor is told to sleep by until an interrupt, of which U-Boot has none; and to do nothing by (Arm ARM, C6.2). */
const [WFI, NOP] = [0xd503207f, 0xd503201f];

/** Debian's loader as it would be if it never slept: there is no other build of it. */
async function layAwake({ folder, code }: TrialDrive): Promise<void> {
  const boot = join(folder, 'boot');
  const loader = await readFile(join(boot, 'loaders', 'ipxe-arm64.efi'));
  const words = Array.from({ length: Math.floor(loader.length / 4) }, (_, index) => index * 4);
  const places = words.filter((at) => loader.readUInt32LE(at) === WFI);
  assert.equal(places.length, 1, 'the loader sleeps in one place');
  for (const at of places) loader.writeUInt32LE(NOP, at);
  await writeFile(join(boot, 'loaders', 'awake.efi'), loader);
  await writeFile(join(boot, 'trial', 'checked.ipxe'), `#!ipxe\necho trial: ${code(FOREIGN)}\nsleep 60\n`);
}

const foreign = new Site({
  role: 'full',
  trials: [FOREIGN],
  boot: { loaders: { 'uefi-arm64': 'loaders/awake.efi' } },
  prepare: layAwake,
  ...machines,
});

const sites = [site, foreign];

// One behind the other: the first may have to build the release.
before(async () => {
  if (why === false) for (const one of sites) await one.open();
});
after(async () => {
  for (const one of sites) await one.close();
});

const PAYLOAD = ['kernel', 'initrd'].map((step) => new RegExp(`BOOT_STEP \\S+ ${step} `));

describe('two machines at once', { concurrency: 2, skip: why }, () => {
  test('G, J2, J9: edk2 is given the loader for arm64 by PXE, and that boots a checked file', async () => {
    const { said, lines } = await site.boot(PXE);
    assert.match(said, /\(firmware\) ack \S+ loaders\/ipxe-arm64\.efi \[firmware\.loader\]/);
    assert.match(lines, /autoexec\.ipxe\.\.\. +ok/);
    assert.doesNotMatch(said, /\(ipxe\)/);
    for (const step of PAYLOAD) assert.match(said, step);
  });

  test('G, H1: edk2 is given a whole URL by HTTP (architecture 19), and boots a checked file', async () => {
    const { said } = await site.boot(HTTP);
    assert.match(
      said,
      /\(firmware\) ack \S+ http:\/\/10\.1\.2\.1\/boot\/loaders\/ipxe-arm64\.efi \[firmware\.loader\]/,
    );
    assert.doesNotMatch(said, /\(ipxe\)/);
    for (const step of PAYLOAD) assert.match(said, step);
  });

  test('G: U-Boot finds its pxelinux.cfg beside its boot file, and both initrds in one', async () => {
    const { said, lines } = await site.boot(U_BOOT);
    assert.match(said, /BOOT_STEP \S+ config loaders\/pxelinux\.cfg\/01-\S+, \d+ bytes/);
    for (const step of PAYLOAD) assert.match(said, step);
    assert.match(said, /BOOT_STEP \S+ handed over to profile board/);
    assert.doesNotMatch(said, /BOOT_STEP \S+ loader/);
    assert.match(lines, /Loading Ramdisk/);
  });

  test('G: U-Boot of a board that looks for no pxelinux.cfg is sent there by the script that it asks for', async () => {
    const { said } = await site.boot(SCRIPT);
    for (const file of ['boot.scr.uimg', 'pxelinux.cfg/01-52-54-00-f1-00-04'])
      assert.ok(said.includes(` config ${file}, `), said);
    for (const step of PAYLOAD) assert.match(said, step);
    assert.match(said, /BOOT_STEP \S+ handed over to profile script/);
  });

  test('G: U-Boot says what it does not start, asks for an EFI file, and its iPXE runs the script of the machine', async () => {
    const { said, lines } = await foreign.boot(FOREIGN);
    assert.match(lines, /pxen: profile foreign is of the kind script, which iPXE starts and U-Boot does not/);
    assert.match(said, /BOOT_STEP \S+ loader loaders\/awake\.efi/);
    assert.match(said, /\(ipxe\) ack \S+ http:\S+ \[ipxe\.script\]/);
  });
});
