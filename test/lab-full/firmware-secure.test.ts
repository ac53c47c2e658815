import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { OVMF_SECURE } from '../../lab/tools.ts';
import type { Trial } from '../fixtures/firmwareDrive.ts';
import { Site, skip } from '../fixtures/firmwareSite.ts';
import { laySigned, signedLoaders } from '../fixtures/signedLoaders.ts';

/** OVMF under Secure Boot, with Microsoft's keys; shim, GRUB and kernel as Debian signed them. The boot server writes GRUB's configuration. */

const found = skip === false ? await signedLoaders() : skip;
const why = found instanceof Error ? `Debian's signed loaders cannot be had: ${found.message}` : skip;

/** Milliseconds. shim and GRUB fetch 20 MB in small blocks, one after the other. */
const LONG = 400_000;
const SIGNED: Trial = {
  name: 'signed',
  firmware: 'uefi',
  card: 'virtio-net-pci',
  netboot: 'pxe',
  capture: 'ovmf-secure',
  silence: LONG,
};
const UNSIGNED: Trial = {
  name: 'unsigned',
  firmware: 'uefi',
  card: 'virtio-net-pci',
  netboot: 'pxe',
  payload: { kernel: 'loaders/snponly.efi' },
  silence: LONG,
  shows: 'pxen: profile unsigned does not start',
};
const site = new Site({
  role: 'full',
  trials: [SIGNED, UNSIGNED],
  ovmf: OVMF_SECURE,
  boot: { loaders: { 'uefi-x64': 'secure/shimx64.efi' } },
  prepare: async ({ folder }) => laySigned(String(found), join(folder, 'boot', 'secure')),
});

before(() => (why === false ? site.open() : undefined));
after(() => site.close());

describe('two machines at once', { concurrency: 2, skip: why }, () => {
  test('J1, J3: shim finds GRUB beside itself, that its configuration, and a signed kernel shows a checked file', async () => {
    const { said } = await site.boot(SIGNED);
    for (const step of ['loader secure/shimx64.efi', 'config grub/grub.cfg', 'kernel trial/vmlinuz'])
      assert.match(said, new RegExp(`BOOT_STEP \\S+ ${step}, \\d+ bytes`));
    assert.match(said, /BOOT_STEP \S+ handed over to profile signed/);
    assert.doesNotMatch(said, /BOOT_LOADER_UNSTARTED|\(ipxe\)/);
  });

  test('J3: a kernel that is not signed is refused, and the screen says by whom and why', async () => {
    const { lines } = await site.boot(UNSIGNED);
    assert.match(lines, /bad shim signature/);
  });
});
