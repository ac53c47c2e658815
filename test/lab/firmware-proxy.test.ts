import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Trial } from '../fixtures/firmwareDrive.ts';
import { Site, skip } from '../fixtures/firmwareSite.ts';

/** Real firmware where a router gives the addresses (QEMU's user network and its DHCP server) and pxen only what boots. */

const BIOS: Trial = { name: 'bios', firmware: 'bios', card: 'virtio-net-pci', capture: 'proxy-seabios' };
const DIRECT: Trial = { name: 'direct', firmware: 'uefi', card: 'virtio-net-pci', capture: 'proxy-ovmf-direct' };
/** A card of a maker whose firmware is sent to port 4011 (src/core/dhcp/proxyQuirks.ts). */
const REDIRECTED: Trial = {
  name: 'redirected',
  firmware: 'uefi',
  card: 'virtio-net-pci',
  maker: '14:02:ec',
  capture: 'proxy-ovmf-4011',
};
const HTTP: Trial = {
  name: 'http',
  firmware: 'uefi',
  card: 'virtio-net-pci',
  netboot: 'http',
  capture: 'proxy-ovmf-http',
};
const site = new Site({ role: 'proxy', trials: [BIOS, DIRECT, REDIRECTED, HTTP] });

before(() => site.open());
after(() => site.close());

/** Every DHCP answer was a proxy's: it gave no address, and acknowledged nothing on port 67. */
function gaveNoAddress(said: string): void {
  assert.match(said, /DHCP_ANSWERED \S+ \(\w+\) proxy 0\.0\.0\.0 /);
  assert.doesNotMatch(said, /DHCP_ANSWERED \S+ \(\w+\) (offer|ack|nak)/);
}

describe('two machines at once', { concurrency: 2, skip }, () => {
  test('B2, C4, F1: the iPXE of a BIOS machine takes its script from a proxy, and boots a checked file', async () => {
    const { said } = await site.boot(BIOS);
    gaveNoAddress(said);
    assert.match(said, /proxy 0\.0\.0\.0 http:\/\/10\.1\.2\.1\/ipxe\/\S+ \[ipxe\.script\]/);
  });

  test("B2, C17, F1, F11: OVMF joins a router's offer with the file of a direct proxy, and asks nothing more", async () => {
    const { said } = await site.boot(DIRECT);
    gaveNoAddress(said);
    assert.match(said, /proxy 0\.0\.0\.0 loaders\/snponly\.efi \[firmware\.loader\]/);
    assert.match(said, /BOOT_STEP \S+ loader loaders\/snponly\.efi/);
    assert.doesNotMatch(said, /4011/);
  });

  test('C18, F4, F5: OVMF that is sent to port 4011 asks there, and boots what it is told', async () => {
    const { said } = await site.boot(REDIRECTED);
    gaveNoAddress(said);
    assert.match(said, /PROXY_ANSWERED \S+ at 10\.1\.2\.2\d\d was told on port 4011: loaders\/snponly\.efi/);
  });

  test('H2: OVMF boots by HTTP what a proxy names by address', async () => {
    const { said } = await site.boot(HTTP);
    gaveNoAddress(said);
    assert.match(said, /proxy 0\.0\.0\.0 http:\/\/10\.1\.2\.1\/boot\/loaders\/snponly\.efi/);
  });
});
