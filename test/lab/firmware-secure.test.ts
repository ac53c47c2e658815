import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OVMF_SECURE } from '../../lab/tools.ts';
import type { Trial } from '../fixtures/firmwareDrive.ts';
import { Site, skip } from '../fixtures/firmwareSite.ts';

/** OVMF under Secure Boot, with Microsoft's keys, and a loader that nobody signed. */

const REFUSED: Trial = {
  name: 'refused',
  firmware: 'uefi',
  card: 'virtio-net-pci',
  netboot: 'pxe',
  shows: 'failed to load Boot0002',
  capture: 'ovmf-secure-refused',
};
const site = new Site({ role: 'full', trials: [REFUSED], ovmf: OVMF_SECURE });

before(() => site.open());
after(() => site.close());

test(
  'J3: a loader that is not signed is fetched whole and not started, and the log names Secure Boot',
  { skip },
  async () => {
    const { said, lines } = await site.boot(REFUSED);
    assert.match(lines, /failed to load Boot0001 "UEFI PXEv4.*: Access/);
    assert.match(said, /BOOT_STEP \S+ loader loaders\/snponly\.efi, \d+ bytes\n/);
    assert.match(said, /BOOT_LOADER_UNSTARTED \S+ fetched its loader whole \(loaders\/snponly\.efi, \d+ bytes\)/);
    assert.doesNotMatch(said, /\(ipxe\)|BOOT_STEP \S+ (config|script)/);
  },
);
