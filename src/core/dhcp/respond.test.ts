import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMac, type Mac } from '../net/mac.ts';
import { FEATURE } from '../boot/client.ts';
import { scriptUrl } from '../boot/script/url.ts';
import type { Role } from '../boot/answer.ts';
import { edk2, ip, ipxe, message } from '../../../test/fixtures/dhcp.ts';
import { SERVER, unlistedHouse } from '../../../test/fixtures/house.ts';
import type { Destination } from './destination.ts';
import type { Options } from './options.ts';
import { decodePacket, MESSAGE, type DhcpPacket } from './packet.ts';
import { respond, type DhcpHouse, type Response } from './respond.ts';

const MAC = parseMac('52:54:00:00:00:01') as Mac;

const house = (role: Role = 'full', hasLoader = false): DhcpHouse =>
  unlistedHouse({ role, hasLoader: () => hasLoader });

const ask = (options: Options, more: Partial<DhcpPacket> = {}, at = house()): Response =>
  respond(message(MAC, options, more), at, 0);

/** The reply as the client reads it. */
function replyTo(options: Options, more: Partial<DhcpPacket> = {}, at = house()): DhcpPacket & { to: Destination } {
  const response = ask(options, more, at);
  assert.equal(response.kind, 'reply', 'why' in response ? response.why : '');
  assert.ok('bytes' in response);
  const { packet, flaws } = decodePacket(response.bytes);
  assert.deepEqual(flaws, []);
  return { ...packet, to: response.to };
}

const SCRIPT = scriptUrl('http://10.1.2.1', MAC);

test('B8, B9: firmware gets its loader, able iPXE its script, unable iPXE the loader once', () => {
  const able = [FEATURE.http, FEATURE.multiboot];
  assert.equal(replyTo(edk2(0)).file, 'loaders/undionly.kpxe');
  assert.equal(replyTo(edk2(7)).file, 'loaders/snponly.efi');
  assert.equal(replyTo(edk2(9)).file, 'loaders/snponly.efi');
  assert.equal(replyTo(ipxe(0, able)).file, SCRIPT);
  assert.equal(replyTo(ipxe(7, [FEATURE.http, FEATURE.efi])).file, SCRIPT);
  assert.equal(replyTo(ipxe(7, able)).file, 'tftp://10.1.2.1/loaders/snponly.efi');
  assert.equal(replyTo(ipxe(0, [FEATURE.http])).file, 'tftp://10.1.2.1/loaders/undionly.kpxe');
  assert.equal(replyTo(ipxe(0, []), {}, house('full', true)).file, SCRIPT);
});

test('A8: without option 93 the architecture is read from option 60', () => {
  assert.equal(replyTo({ vendorClass: 'PXEClient:Arch:00007:UNDI:003016' }).file, 'loaders/snponly.efi');
});

test('A9: a strange option 97 is echoed all the same, an absent one is not invented', () => {
  const machineId = Uint8Array.of(9, 9, 9);
  assert.deepEqual(replyTo({ ...edk2(0), machineId }).options.machineId, machineId);
  assert.equal(replyTo({ vendorClass: 'PXEClient:Arch:00000' }).options.machineId, undefined);
});

test('A14: a DISCOVER with an address of its own is answered as one without', () => {
  const reply = replyTo({}, { ciaddr: ip('10.1.2.99') });
  assert.deepEqual([reply.ciaddr, reply.to.kind], ['0.0.0.0', 'broadcast']);
});

test('B1: a proxy says nothing to those who want an address only', () => {
  assert.equal(ask({}, {}, house('proxy')).kind, 'silence');
  assert.equal(ask(edk2(0), {}, house('silent')).kind, 'silence');
});

test('C1, C2: the fixed fields come back, and every lease says how long it runs', () => {
  const reply = replyTo({}, { hops: 3, secs: 9 });
  assert.deepEqual([reply.op, reply.xid, reply.flags, reply.hops, reply.secs], [2, 0x12345678, 0x8000, 0, 0]);
  const { messageType, serverId, leaseTime, subnetMask, renewalTime = 0, rebindingTime = 0 } = reply.options;
  assert.deepEqual([messageType, serverId, leaseTime, subnetMask], [MESSAGE.offer, SERVER, 3600, '255.255.255.0']);
  assert.ok(renewalTime > 1500 && renewalTime <= 1800 && rebindingTime > renewalTime && rebindingTime <= 3150);
});

test('C4, C10, C12: siaddr, sname, file and option 67 come together and agree', () => {
  const reply = replyTo(edk2(7));
  assert.deepEqual([reply.siaddr, reply.sname, reply.options.bootServer], [SERVER, SERVER, SERVER]);
  assert.equal(reply.options.bootFile, reply.file);
  const plain = replyTo({});
  assert.deepEqual([plain.siaddr, plain.sname, plain.file], ['0.0.0.0', '', '']);
});

test('C11: a URL that does not fit stands in option 67 alone, asked for or not', () => {
  const long = { ...house(), httpBase: `http://${'a'.repeat(130)}` };
  const options: Options = { ...ipxe(0, [FEATURE.http, FEATURE.multiboot]), parameters: [1] };
  const reply = replyTo(options, {}, long);
  assert.equal(reply.file, '');
  assert.ok(reply.options.bootFile?.includes('/ipxe/52-54-00-00-00-01'));
});

test('C13: nothing is ever put into file and sname instead of names', () => {
  assert.equal(replyTo({ ...edk2(0), maxSize: 576 }).options.overload, undefined);
});

test('C14, C17: PXE clients hear PXEClient and that they need ask no further, HTTP clients HTTPClient', () => {
  const pxe = replyTo(edk2(7)).options;
  assert.equal(pxe.vendorClass, 'PXEClient');
  assert.deepEqual(
    [...(pxe.pxe ?? [])],
    [
      [6, Uint8Array.of(8)],
      [10, Uint8Array.of(0, 0x50, 0x58, 0x45)],
    ],
  );
  const http = replyTo({ ...edk2(16), vendorClass: 'HTTPClient:Arch:00016:UNDI:003000' });
  assert.deepEqual([http.options.vendorClass, http.options.pxe], ['HTTPClient', undefined]);
  assert.equal(http.options.bootFile, 'http://10.1.2.1/boot/loaders/snponly.efi');
  assert.equal(replyTo({ vendorClass: 'MSFT 5.0' }).options.vendorClass, undefined);
});

test('C15, C22: option 97 and the client id come back byte for byte', () => {
  const clientId = Uint8Array.of(1, 2, 3);
  const { options } = replyTo({ ...edk2(7), clientId });
  assert.deepEqual([options.machineId, options.clientId], [edk2(7).machineId, clientId]);
});

test('C23: firmware, iPXE and system get one address, and firmware a short lease', () => {
  const at = house();
  const replies = [edk2(0), ipxe(0, [FEATURE.http, FEATURE.multiboot]), { clientId: Uint8Array.of(255, 1) }].map(
    (options) => replyTo({ ...options, messageType: MESSAGE.request }, {}, at),
  );
  assert.equal(new Set(replies.map((reply) => reply.yiaddr)).size, 1);
  assert.deepEqual(
    replies.map((reply) => reply.options.leaseTime),
    [120, 600, 3600],
  );
});

test('C24, C25: iPXE hears that there is no proxy to wait for, and to prefer this offer', () => {
  const { options } = replyTo(ipxe(0, [FEATURE.http, FEATURE.multiboot]));
  assert.deepEqual(
    [...(options.ipxe ?? [])],
    [
      [1, Uint8Array.of(1)],
      [176, Uint8Array.of(1)],
    ],
  );
  assert.deepEqual([options.vendorClass, options.pxe], [undefined, undefined]);
});

test('D1, D8: a relay gets replies back with what it put in, and a NAK to be broadcast', () => {
  const relayed = { giaddr: ip('10.1.2.5'), flags: 0 };
  const offer = replyTo({ relayAgent: Uint8Array.of(1, 1, 7) }, relayed);
  assert.deepEqual(offer.to, { kind: 'relay', address: '10.1.2.5', port: 67 });
  assert.deepEqual([offer.giaddr, offer.options.relayAgent], ['10.1.2.5', Uint8Array.of(1, 1, 7)]);
  const wrong: Options = { messageType: MESSAGE.request, requestedAddress: ip('10.9.9.9') };
  const nak = replyTo(wrong, relayed);
  assert.deepEqual([nak.options.messageType, nak.flags, nak.yiaddr], [MESSAGE.nak, 0x8000, '0.0.0.0']);
  assert.equal(replyTo(wrong, { flags: 0 }).to.kind, 'broadcast');
});

test('D5, D6, D7: with an address unicast, with the flag broadcast, else to address and MAC', () => {
  const renewing = replyTo({ messageType: MESSAGE.request }, { ciaddr: ip('10.1.2.40') });
  assert.deepEqual(renewing.to, { kind: 'client', address: '10.1.2.40', port: 68 });
  assert.equal(replyTo({}).to.kind, 'broadcast');
  const quiet = replyTo({}, { flags: 0 });
  assert.deepEqual(quiet.to, {
    kind: 'link',
    address: quiet.yiaddr,
    chaddr: Uint8Array.of(0x52, 0x54, 0, 0, 0, 1),
    port: 68,
  });
});

test('E13: INFORM is acknowledged without address or lease', () => {
  const reply = replyTo({ messageType: MESSAGE.inform }, { ciaddr: ip('10.1.2.40') });
  assert.deepEqual([reply.yiaddr, reply.ciaddr, reply.options.leaseTime], ['0.0.0.0', '10.1.2.40', undefined]);
  assert.deepEqual([reply.options.messageType, reply.to.kind], [MESSAGE.ack, 'client']);
});

test('G: an architecture without a loader gets an address, and the reason names it', () => {
  const response = ask(edk2(11));
  assert.ok(response.kind === 'reply' && response.said.includes('UEFI ARM64') && response.said.includes('11'));
  const unknown = ask(edk2(77));
  assert.ok(unknown.kind === 'reply' && unknown.said.includes('77'));
});

test('replies and BOOTP are not for a server', () => {
  assert.equal(respond(message(MAC, {}, { op: 2 }), house(), 0).kind, 'silence');
  assert.equal(respond({ ...message(MAC), options: {} }, house(), 0).kind, 'silence');
});
