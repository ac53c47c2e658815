import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Trial } from '../fixtures/firmwareDrive.ts';
import { Site, skip } from '../fixtures/firmwareSite.ts';

/** OVMF before the boot server: its own PXE and HTTP boot over virtio, and the iPXE in the ROM of a card that it cannot drive. */

const PXE: Trial = { name: 'pxe', firmware: 'uefi', card: 'virtio-net-pci', capture: 'ovmf-pxe' };
const HTTP: Trial = { name: 'http', firmware: 'uefi', card: 'virtio-net-pci', netboot: 'http', capture: 'ovmf-http' };
const ROM: Trial = { name: 'rom', firmware: 'uefi', card: 'e1000', capture: 'ovmf-e1000-rom' };
const XEN: Trial = { name: 'xen', firmware: 'uefi', card: 'virtio-net-pci', payload: 'xen' };
/** What stage 1 tells the boot server; its last word may be lost when it hands over. */
const STAGE1 = ['stage1 net', 'stage1 fetch', 'stage1 verify', 'stage1 root'];
const site = new Site({ role: 'full', trials: [PXE, HTTP, ROM, XEN] });

before(() => site.open());
after(() => site.close());

/** iPXE found the script beside itself, and used the address that the firmware had: it never asked for one. */
function usedWhatFirmwareHad(said: string, lines: string): void {
  assert.match(lines, /autoexec\.ipxe\.\.\. +ok/);
  assert.doesNotMatch(said, /\(ipxe\)/);
  assert.equal(said.match(/\(firmware\) ack/g)?.length, 1);
}

describe('two machines at once', { concurrency: 2, skip }, () => {
  test('J2, J7, J9: by PXE, one lease and the autoexec beside the loader lead to a checked file', async () => {
    const { said, lines } = await site.boot(PXE);
    assert.match(said, /\(firmware\) ack \S+ loaders\/snponly\.efi \[firmware\.loader\]/);
    usedWhatFirmwareHad(said, lines);
    assert.match(lines, /EFI stub: Loaded initrd from LINUX_EFI_INITRD_MEDIA_GUID/);
  });

  test('H1, H5, J2, J9: by HTTP, a whole URL and one lease lead to a checked file', async () => {
    const { said, lines } = await site.boot(HTTP);
    assert.match(said, /\(firmware\) ack \S+ http:\/\/10\.1\.2\.1\/boot\/loaders\/snponly\.efi \[firmware\.loader\]/);
    const [, size] = /BOOT_STEP \S+ loader (\d+) bytes/.exec(said) ?? [];
    assert.ok(lines.includes(`File Size: ${size} Bytes`), 'the size that HEAD told is not that of what GET brought');
    usedWhatFirmwareHad(said, lines);
  });

  test('B9: the iPXE in the ROM of an e1000 is given no loader, and boots a checked file', async () => {
    const { said } = await site.boot(ROM);
    assert.match(said, /\(ipxe\) ack \S+ http:\S+ \[ipxe\.script\]/);
    assert.doesNotMatch(said, /\(firmware\)|BOOT_STEP \S+ loader/);
  });

  test('J6: Xen and its dom0 come up, and dom0 has fetched and checked its root', async () => {
    const { said } = await site.boot(XEN);
    for (const step of ['loader', 'script', 'xen', 'kernel', 'initrd', ...STAGE1])
      assert.match(said, new RegExp(`BOOT_STEP \\S+ ${step} `));
  });
});
