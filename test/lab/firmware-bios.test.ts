import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Trial } from '../fixtures/firmwareDrive.ts';
import { Site, skip } from '../fixtures/firmwareSite.ts';

/** SeaBIOS before the boot server. QEMU's cards have iPXE of 2019 in their ROMs, which is firmware's own; a plain UNDI ROM it has none. */

const CARDS = ['virtio-net-pci', 'e1000', 'rtl8139'] as const;
const ROMS = CARDS.map((card): Trial => ({ name: card, firmware: 'bios', card, capture: `seabios-${card}` }));
const OURS: Trial = {
  name: 'lkrn',
  firmware: 'bios',
  card: 'virtio-net-pci',
  kernel: 'loaders/ipxe.lkrn',
  capture: 'ipxe-lkrn',
};
const site = new Site({ role: 'full', trials: [...ROMS, OURS] });

before(() => site.open());
after(() => site.close());

function wentStraightToItsScript(said: string): void {
  assert.match(said, /\(ipxe\) ack \S+ http:\/\/10\.1\.2\.1\/ipxe\/\S+ \[ipxe\.script\]/);
  assert.doesNotMatch(said, /loaders\/|BOOT_STEP \S+ loader/);
  assert.match(said, /BOOT_STEP \S+ handed over/);
}

describe('two machines at once', { concurrency: 2, skip }, () => {
  for (const trial of ROMS) {
    test(`B9: the iPXE in the ROM of ${trial.card} is given no loader, and boots a checked file`, async () => {
      wentStraightToItsScript((await site.boot(trial)).said);
    });
  }

  test('B8: our own iPXE (ipxe.lkrn) goes straight to its script, and boots a checked file', async () => {
    wentStraightToItsScript((await site.boot(OURS)).said);
  });
});
