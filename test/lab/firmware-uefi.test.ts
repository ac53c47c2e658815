import { after, before, describe, test } from 'node:test';
import { BOOT_PATIENCE, Site } from '../fixtures/firmware.ts';
import type { Trial } from '../fixtures/firmwareDrive.ts';

const VIRTIO: Trial = { name: 'uvirtio', firmware: 'uefi', card: 'virtio-net-pci', netboot: 'pxe' };
const E1000: Trial = { name: 'ue1000', firmware: 'uefi', card: 'e1000' };
const HTTP: Trial = { name: 'uhttp', firmware: 'uefi', card: 'virtio-net-pci', netboot: 'http' };
const XEN: Trial = { name: 'uxen', firmware: 'uefi', card: 'virtio-net-pci', netboot: 'pxe', payload: 'xen' };
const site = new Site([VIRTIO, E1000, HTTP, XEN]);

before(() => site.open('full'));
after(() => site.close());

describe('two at once', { concurrency: 2 }, () => {
for (const trial of [VIRTIO, E1000, HTTP]) {
  test(`${trial.name}`, BOOT_PATIENCE, async (t) => {
    const machine = await site.machine(trial);
    const seconds = await machine.shows(`trial: ${site.drive.code(trial)}`);
    await machine.off();
    t.diagnostic(`${trial.name} ${seconds} s\n${site.saidOf(trial).join('\n')}`);
  });
}
  test(`xen`, BOOT_PATIENCE, async (t) => {
    const machine = await site.machine(XEN);
    const seconds = await machine.shows(`pxen: stage1 switch`);
    await machine.off();
    t.diagnostic(`${seconds} s\n${site.saidOf(XEN).join('\n')}`);
  });
});
