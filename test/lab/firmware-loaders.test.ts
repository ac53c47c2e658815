import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Trial } from '../fixtures/firmwareDrive.ts';
import { layFatImage, layGrub } from '../fixtures/firmwareLoaders.ts';
import { Site, skip } from '../fixtures/firmwareSite.ts';

/** OVMF and loaders of one's own (`boot.loaders` in cluster.yaml). */

const GRUB: Trial = { name: 'grub', firmware: 'uefi', card: 'virtio-net-pci', capture: 'ovmf-grub' };
const grub = new Site({
  role: 'full',
  trials: [GRUB],
  boot: { loaders: { 'uefi-x64': 'grub/x86_64-efi/core.efi' } },
  prepare: (drive) => layGrub(drive, [GRUB]),
});

const IMAGE: Trial = { name: 'image', firmware: 'uefi', card: 'virtio-net-pci', netboot: 'http' };
const image = new Site({
  role: 'full',
  trials: [IMAGE],
  boot: { loaders: { 'uefi-x64': 'boot.img' } },
  prepare: (drive) => layFatImage(drive, 2048, ['mcopy -i boot.img loaders/snponly.efi ::EFI/BOOT/BOOTX64.EFI']),
});

const sites = [grub, image];

// One behind the other: the first may have to build the release.
before(async () => {
  for (const site of sites) await site.open();
});
after(async () => {
  for (const site of sites) await site.close();
});

describe('two machines at once', { concurrency: 2, skip }, () => {
  test('I15: GRUB of the network fetches modules, configuration and a checked file by TFTP, the rest by HTTP', async () => {
    const { said } = await grub.boot(GRUB);
    assert.match(said, /\(firmware\) ack \S+ grub\/x86_64-efi\/core\.efi \[firmware\.loader\]/);
    assert.doesNotMatch(said, /\(ipxe\)/);
  });

  test('C23, H6: OVMF starts an image that carries its own file system; its iPXE keeps the address', async () => {
    const { said } = await image.boot(IMAGE);
    const [, address = '?'] = /\(firmware\) ack (\S+) http:\/\/10\.1\.2\.1\/boot\/boot\.img/.exec(said) ?? [];
    assert.ok(said.includes(`(ipxe) ack ${address} http://10.1.2.1/ipxe/`), said);
  });
});
