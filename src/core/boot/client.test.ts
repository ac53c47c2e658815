import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edk2, ipxe, message, UUID_TEXT } from '../../../test/fixtures/dhcp.ts';
import type { Options } from '../dhcp/options.ts';
import { userClass } from '../dhcp/shapes/user-class.ts';
import type { Mac } from '../net/mac.ts';
import { utf8 } from '../net/text.ts';
import { clientOf, FEATURE } from './client.ts';

const MAC = '52:54:00:00:00:01' as Mac;

test('the facts of firmware, iPXE and a plain system', () => {
  const firmware = clientOf(message(MAC, edk2(7)));
  assert.deepEqual(
    [firmware.stage, firmware.bootClass, firmware.arch, firmware.uuid, firmware.mac, firmware.id],
    ['firmware', 'PXEClient', 7, UUID_TEXT, MAC, `mac ${MAC}`],
  );
  const loader = clientOf(message(MAC, ipxe(0, [FEATURE.http])));
  assert.deepEqual([loader.stage, loader.arch, [...loader.features]], ['ipxe', 0, [FEATURE.http]]);
  assert.equal(clientOf(message(MAC)).stage, 'system');
});

test('A7, A8: the first architecture that is known, or the one of option 60', () => {
  assert.equal(clientOf(message(MAC, { ...edk2(7), arch: [99, 16] })).arch, 16);
  assert.equal(clientOf(message(MAC, { ...edk2(7), arch: [99] })).arch, 99);
  assert.equal(clientOf(message(MAC, { vendorClass: 'PXEClient:Arch:00011:UNDI:003000' })).arch, 11);
  assert.equal(clientOf(message(MAC, { vendorClass: 'PXEClient' })).arch, null);
});

test('A13: firmware that sends its UUID as hardware address is known by it, in every stage the same', () => {
  const uuid = Uint8Array.from({ length: 16 }, (_, index) => index);
  const client = clientOf(message(MAC, edk2(7), { hlen: 16, chaddr: uuid }));
  assert.deepEqual([client.mac, client.id], [null, `uuid ${UUID_TEXT}`]);
});

test('a card with neither is known by what it calls itself', () => {
  const infiniband = { htype: 32, hlen: 0 };
  assert.equal(clientOf(message(MAC, { clientId: Uint8Array.of(255, 1) }, infiniband)).id, 'client ff01');
});

test('a UUID that many boards share is none', () => {
  assert.equal(clientOf(message(MAC, { ...edk2(7), machineId: new Uint8Array(17) })).uuid, null);
  assert.equal(clientOf(message(MAC, { ...edk2(7), machineId: new Uint8Array(16).fill(3) })).uuid, null);
});

test('A10: iPXE is known by its class as bare text, by a counted one, and among several', () => {
  const raw = (text: string): readonly string[] => userClass.decode(utf8(text));
  for (const text of ['iPXE', '\x04iPXE', '\x03foo\x04iPXE', '\x04iPXE\x0aX-something'.slice(0, 5)]) {
    assert.equal(clientOf(message(MAC, { ...edk2(0), userClass: raw(text) })).stage, 'ipxe', JSON.stringify(text));
  }
  for (const text of ['iPXElinux', '\x08iPXElike', 'gPXE']) {
    assert.equal(clientOf(message(MAC, { ...edk2(0), userClass: raw(text) })).stage, 'firmware', JSON.stringify(text));
  }
});

test('G: U-Boot is firmware by its own class, and by its architecture where it has none; other systems are none', () => {
  const facts = (options: Options) => {
    const { stage, bootClass, arch } = clientOf(message(MAC, options));
    return [stage, bootClass, arch];
  };
  assert.deepEqual(facts({ vendorClass: 'U-Boot.armv8', arch: [22] }), ['firmware', null, 22]);
  assert.deepEqual(facts({ vendorClass: 'U-Boot.armv7' }), ['firmware', null, null]);
  assert.deepEqual(facts({ arch: [27] }), ['firmware', null, 27]);
  for (const vendorClass of ['udhcp 1.36', 'dhcpcd-10', 'MSFT 5.0', 'notU-Boot'])
    assert.deepEqual(facts({ vendorClass }), ['system', null, null]);
});

test('A8, A9: a client without option 93 or 97 is known by the rest', () => {
  const client = clientOf(message(MAC, { vendorClass: 'PXEClient:Arch:00011:UNDI:003000' }));
  assert.deepEqual([client.arch, client.uuid, client.mac], [11, null, MAC]);
});
