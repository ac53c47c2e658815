import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edk2, ipxe, message, UUID_TEXT } from '../../../test/fixtures/dhcp.ts';
import type { Mac } from '../net/mac.ts';
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
