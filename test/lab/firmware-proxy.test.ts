import { after, before, describe, test } from 'node:test';
import { BOOT_PATIENCE, Site } from '../fixtures/firmware.ts';
import type { Trial } from '../fixtures/firmwareDrive.ts';

const BIOS: Trial = { name: 'pbios', firmware: 'bios', card: 'virtio-net-pci' };
const LKRN: Trial = { name: 'plkrn', firmware: 'bios', card: 'virtio-net-pci', kernel: 'loaders/ipxe.lkrn' };
const UEFI: Trial = { name: 'puefi', firmware: 'uefi', card: 'virtio-net-pci', netboot: 'pxe' };
const REDIR: Trial = { name: 'predir', firmware: 'uefi', card: 'virtio-net-pci', netboot: 'pxe', maker: '14:02:ec' };
const HTTP: Trial = { name: 'phttp', firmware: 'uefi', card: 'virtio-net-pci', netboot: 'http' };
const trials = [BIOS, LKRN, UEFI, REDIR, HTTP];
const site = new Site(trials);

before(() => site.open('proxy'));
after(() => site.close());

describe('two at once', { concurrency: 2 }, () => {
for (const trial of trials) {
  test(`${trial.name}`, BOOT_PATIENCE, async (t) => {
    const machine = await site.machine(trial);
    t.after(() => t.diagnostic(`${trial.name}\n${site.saidOf(trial).join('\n')}`));
    const seconds = await machine.shows(`trial: ${site.drive.code(trial)}`);
    await machine.off();
    t.diagnostic(`${trial.name} ${seconds} s`);
  });
}
});
