import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { armMachines } from '../fixtures/armMachines.ts';
import type { Trial } from '../fixtures/firmwareDrive.ts';
import { Site, skip } from '../fixtures/firmwareSite.ts';

/** 64-bit ARM: edk2 by its own PXE and HTTP boot, and U-Boot by what it does by itself. */

const found = skip === false ? await armMachines() : skip;
const why = found instanceof Error ? `machines of Debian for arm64 cannot be had: ${found.message}` : skip;
const machines = typeof found === 'object' && !(found instanceof Error) ? found : undefined;

const PXE: Trial = { name: 'pxe', firmware: 'uefi', card: 'virtio-net-pci', netboot: 'pxe', capture: 'aavmf-pxe' };
const HTTP: Trial = { name: 'http', firmware: 'uefi', card: 'virtio-net-pci', netboot: 'http', capture: 'aavmf-http' };
const U_BOOT: Trial = {
  name: 'u-boot',
  firmware: 'uefi',
  ...(machines === undefined ? {} : { ovmf: machines.uBoot }),
  card: 'virtio-net-pci',
  capture: 'u-boot-2025',
  silence: 30_000,
};
const EFI: Trial = {
  name: 'efi',
  firmware: 'uefi',
  ...(machines === undefined ? {} : { ovmf: machines.uBoot }),
  card: 'virtio-net-pci',
  payload: { script: 'echo in u-boot\nsleep 60' },
  shows: 'in u-boot',
  silence: 40_000,
  capture: 'u-boot-efi',
};
const site = new Site({
  role: 'full',
  trials: [PXE, HTTP, U_BOOT, EFI],
  ...(machines === undefined ? {} : { machines }),
});

before(() => (why === false ? site.open() : undefined));
after(() => site.close());

describe('one machine behind the other', { skip: why }, () => {
  test('G: edk2 for arm64 boots a checked file by PXE', async () => {
    const { said, lines } = await site.boot(PXE);
    process.stderr.write(`${said}\n${lines}\n`);
  });

  test('G, H1: edk2 for arm64 boots a checked file by HTTP', async () => {
    const { said, lines } = await site.boot(HTTP);
    process.stderr.write(`${said}\n${lines}\n`);
  });

  test('EFI: U-Boot', async () => {
    const { said, lines } = await site.boot(EFI);
    process.stderr.write(`${said}\n${lines}\n`);
  });

  test('G: U-Boot', async () => {
    const { said, lines } = await site.boot(U_BOOT);
    process.stderr.write(`${said}\n${lines}\n`);
    assert.ok(true);
  });
});
