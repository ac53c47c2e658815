import { after, before, test } from 'node:test';
import { BOOT_PATIENCE, Site } from '../fixtures/firmware.ts';
import type { Trial } from '../fixtures/firmwareDrive.ts';

const VIRTIO: Trial = { name: 'virtio', firmware: 'bios', card: 'virtio-net-pci' };
const E1000: Trial = { name: 'e1000', firmware: 'bios', card: 'e1000' };
const RTL8139: Trial = { name: 'rtl8139', firmware: 'bios', card: 'rtl8139' };
const LKRN: Trial = { name: 'lkrn', firmware: 'bios', card: 'virtio-net-pci', kernel: 'loaders/ipxe.lkrn' };
const site = new Site([VIRTIO, E1000, RTL8139, LKRN]);

before(() => site.open('full'));
after(() => site.close());

for (const trial of [VIRTIO, E1000, RTL8139, LKRN]) {
  test(`${trial.name}`, BOOT_PATIENCE, async (t) => {
    const machine = await site.machine(trial);
    const seconds = await machine.shows(`trial: ${site.drive.code(trial)}`);
    await machine.off();
    t.diagnostic(`${trial.name} ${seconds} s\n${site.saidOf(trial).join('\n')}`);
  });
}
