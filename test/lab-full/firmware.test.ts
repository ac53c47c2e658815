import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Trial } from '../fixtures/firmwareDrive.ts';
import { layFatImage, layGrub } from '../fixtures/firmwareLoaders.ts';
import { Site, skip } from '../fixtures/firmwareSite.ts';

/** What takes real firmware too long to be booted at every change. */

const GRUB: Trial = {
  name: 'grub',
  firmware: 'bios',
  card: 'virtio-net-pci',
  payload: { script: 'chain tftp://10.1.2.1/grub/i386-pc/core.0' },
};
const grub = new Site({ role: 'full', trials: [GRUB], prepare: (drive) => layGrub(drive, [GRUB]) });

/** Xen's EFI loader reads the configuration that is named like itself, and all else, from where it was started. */
const CONFIG = String.raw`[global]\ndefault=pxen\n[pxen]\noptions=console=com1 com1=115200,8n1\nkernel=vmlinuz console=hvc0\nramdisk=initrd\n`;
const XEN: Trial = {
  name: 'xen',
  firmware: 'uefi',
  card: 'virtio-net-pci',
  netboot: 'http',
  shows: 'pxen: stage1 begin',
};
const image = new Site({
  role: 'full',
  trials: [XEN],
  boot: { loaders: { 'uefi-x64': 'boot.img' } },
  prepare: (drive) =>
    layFatImage(drive, 65_536, [
      'mcopy -i boot.img releases/*/xen.efi ::EFI/BOOT/BOOTX64.EFI',
      'mcopy -i boot.img releases/*/vmlinuz releases/*/initrd ::EFI/BOOT/',
      `printf '${CONFIG}' | mcopy -i boot.img - ::EFI/BOOT/BOOTX64.cfg`,
    ]),
});

const BIOS_XEN: Trial = { name: 'dom0', firmware: 'bios', card: 'e1000', payload: 'xen' };
const proxied = new Site({ role: 'proxy', trials: [BIOS_XEN] });

const sites = [grub, image, proxied];

// One behind the other: the first may have to build the release.
before(async () => {
  for (const site of sites) await site.open();
});
after(async () => {
  for (const site of sites) await site.close();
});

describe('two machines at once', { concurrency: 2, skip }, () => {
  test("GRUB for BIOS, over the PXE of iPXE's ROM, fetches a checked file by TFTP and the rest by HTTP", async () => {
    await grub.boot(GRUB);
  });

  test("H6: OVMF starts Xen's own EFI loader from an image, which finds its files there", async () => {
    const { said, lines } = await image.boot(XEN);
    assert.match(said, /\(firmware\) ack \S+ http:\/\/10\.1\.2\.1\/boot\/boot\.img/);
    assert.doesNotMatch(lines, /obtain the File System/);
  });

  test('F1, J6: a BIOS machine comes up as dom0 where a router gives its address', async () => {
    assert.match((await proxied.boot(BIOS_XEN)).said, /\(ipxe\) proxy 0\.0\.0\.0 /);
  });
});
