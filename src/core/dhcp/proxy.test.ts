import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edk2, ip, ipxe, message } from '../../../test/fixtures/dhcp.ts';
import { dhcpHouse, hear, replyIn } from '../../../test/fixtures/house.ts';
import { EDK2_ORDER, edk2OfferType } from '../../../test/fixtures/pxeOffer.ts';
import { FEATURE } from '../boot/client.ts';
import type { Mac } from '../net/mac.ts';
import type { Options } from './options.ts';
import { MESSAGE, type DhcpPacket } from './packet.ts';
import { PROXY_PORT } from './proxy.ts';
import { readOptions } from './tlv.ts';
import { proxyWay } from './proxyQuirks.ts';

const MAC = '52:54:00:00:00:01' as Mac;
const HPE = '14:02:ec:00:00:01' as Mac;
const HTTP_UEFI: Options = { ...edk2(16), vendorClass: 'HTTPClient:Arch:00016:UNDI:003000' };
const REQUEST: Options = { messageType: MESSAGE.request };

const offerTo = (options: Options, more: Partial<DhcpPacket> = {}, mac = MAC): DhcpPacket =>
  replyIn(hear(message(mac, options, more), dhcpHouse('proxy')));
const ackTo = (options: Options, mac = MAC): DhcpPacket =>
  replyIn(hear(message(mac, { ...options, ...REQUEST }, { ciaddr: ip('10.1.2.99') }), dhcpHouse('proxy'), PROXY_PORT));
const silenceTo = (options: Options, port: 67 | typeof PROXY_PORT = 67): string => {
  const response = hear(message(MAC, options), dhcpHouse('proxy'), port);
  assert.equal(response.kind, 'silence');
  return 'why' in response ? response.why : '';
};

test('B1: a proxy is silent to whoever does not ask to be booted, and says by which rule', () => {
  assert.match(silenceTo({}), /\[role\.proxy\.no-boot-client\]$/);
  assert.match(silenceTo({ vendorClass: 'MSFT 5.0' }), /\[role\.proxy\.no-boot-client\]$/);
});

test('B2: a REQUEST is not answered on 67 but on 4011, and so is an INFORM', () => {
  assert.match(silenceTo({ ...edk2(7), ...REQUEST }), /\[proxy\.type\]$/);
  assert.match(silenceTo({ ...edk2(7), messageType: MESSAGE.inform }), /\[proxy\.type\]$/);
  assert.match(silenceTo(edk2(7), PROXY_PORT), /\[proxy\.type\]$/, 'a DISCOVER belongs on 67');
  for (const messageType of [MESSAGE.request, MESSAGE.inform]) {
    const { options } = replyIn(hear(message(MAC, { ...edk2(7), messageType }), dhcpHouse('proxy'), PROXY_PORT));
    assert.equal(options.messageType, MESSAGE.ack);
  }
});

test('F1, F5: offer and acknowledgement have no address and no times, and all that strict firmware looks for', () => {
  for (const reply of [offerTo(edk2(0)), offerTo(edk2(7)), ackTo(edk2(0)), ackTo(edk2(7))]) {
    const { options, yiaddr, siaddr, sname } = reply;
    assert.deepEqual([yiaddr, siaddr, sname, options.serverId], ['0.0.0.0', '10.1.2.1', '10.1.2.1', '10.1.2.1']);
    assert.equal(options.vendorClass, 'PXEClient');
    assert.deepEqual(options.machineId, edk2(7).machineId);
    assert.ok(options.pxe !== undefined && reply.file.startsWith('loaders/'));
    const { leaseTime, renewalTime, rebindingTime, subnetMask, router } = options;
    assert.deepEqual([leaseTime, renewalTime, rebindingTime, subnetMask, router], Array(5).fill(undefined));
  }
});

test('C3, C4: there is never an offer without siaddr or option 54, and never a file without siaddr', () => {
  for (const arch of [0, 6, 7, 9, 11, 16, 20, 77]) {
    for (const role of ['full', 'proxy'] as const) {
      const response = hear(message(MAC, edk2(arch)), dhcpHouse(role));
      if (response.kind === 'silence') continue;
      const { siaddr, file, options, yiaddr } = replyIn(response);
      assert.equal(options.serverId, '10.1.2.1');
      if (yiaddr === '0.0.0.0' || file !== '' || options.bootFile !== undefined) assert.equal(siaddr, '10.1.2.1');
    }
  }
});

test('C17, F11: the offer is of the kind that EDK2 prefers, in either role', () => {
  assert.equal(edk2OfferType(replyIn(hear(message(MAC, edk2(7)), dhcpHouse('full')))), EDK2_ORDER[0]);
  assert.equal(edk2OfferType(offerTo(edk2(7))), EDK2_ORDER[1]);
});

test('C18, F4: UEFI that does not take the file of an offer is sent to 4011, and gets it there', () => {
  const offer = offerTo(edk2(7), {}, HPE);
  assert.equal(edk2OfferType(offer), 'ProxyBinl');
  assert.deepEqual([offer.file, offer.options.bootFile, offer.siaddr], ['', undefined, '10.1.2.1']);
  assert.equal(ackTo(edk2(7), HPE).options.bootFile, 'loaders/snponly.efi');
  assert.equal(offerTo(edk2(0), {}, HPE).file, 'loaders/undionly.kpxe', 'its BIOS takes it');
});

test('F10: a client that asks all over again is led the other way, every other time', () => {
  const ways = [0, 1, 2, 3].map((count) => proxyWay({ mac: MAC, arch: 7 }, count));
  assert.deepEqual(ways, ['direct', 'redirect', 'direct', 'redirect']);
  assert.equal(proxyWay({ mac: HPE, arch: 7 }, 1), 'direct');
  assert.equal(proxyWay({ mac: MAC, arch: 0 }, 1), 'direct', 'BIOS has no other way');
});

test('F3: BIOS that asks on 4011 is answered there', () => {
  assert.equal(ackTo(edk2(0)).file, 'loaders/undionly.kpxe');
});

test('F6: the boot item comes back as it was; one that asks for credentials is not answered', () => {
  const pxe = (...item: readonly number[]): Options => ({
    ...edk2(7),
    ...REQUEST,
    pxe: new Map([[71, Uint8Array.from(item)]]),
  });
  const ack = replyIn(hear(message(MAC, pxe(0, 3, 0, 0)), dhcpHouse('proxy'), PROXY_PORT));
  assert.deepEqual(ack.options.pxe?.get(71), Uint8Array.of(0, 3, 0, 0));
  assert.equal(ack.file, 'loaders/snponly.efi');
  assert.match(silenceTo(pxe(0, 3, 0x80, 0), PROXY_PORT), /\[proxy\.bis\]$/);
});

test('F7, F8, F9, C20, C21: option 43 takes the file and offers no menu, no servers, no MTFTP, in few bytes', () => {
  for (const reply of [offerTo(edk2(0)), offerTo(edk2(7)), ackTo(edk2(7))]) {
    const pxe = reply.options.pxe ?? new Map<number, Uint8Array>();
    assert.deepEqual(
      [...pxe.keys()].sort((one, other) => one - other),
      [6, 10],
    );
    assert.equal(pxe.get(6)?.[0], 0b1000, 'the file is used; how servers are sought is left open');
    assert.equal(pxe.get(10)?.[0], 0, 'a prompt waits no time');
  }
});

test('C19: option 43 never comes without option 60', () => {
  for (const options of [edk2(0), edk2(7), HTTP_UEFI, ipxe(7, [FEATURE.http, FEATURE.efi])]) {
    const reply = offerTo(options).options;
    assert.ok(reply.pxe === undefined || reply.vendorClass === 'PXEClient');
  }
});

test('C14, H1, H2, H3, H4: HTTP firmware hears HTTPClient and a URL by address, or nothing at all', () => {
  for (const role of ['full', 'proxy'] as const) {
    const { options, file } = replyIn(hear(message(MAC, HTTP_UEFI), dhcpHouse(role)));
    assert.deepEqual([options.vendorClass, options.pxe], ['HTTPClient', undefined]);
    assert.equal(options.bootFile, 'http://10.1.2.1/boot/loaders/snponly.efi');
    assert.equal(file, options.bootFile);
  }
  const foreign: Options = { ...edk2(19), vendorClass: 'HTTPClient:Arch:00019:UNDI:003000' };
  assert.match(silenceTo(foreign), /no loader for UEFI ARM64 HTTP .*\[firmware\.no-loader\]$/);
  const { options } = replyIn(hear(message(MAC, foreign), dhcpHouse('full')));
  assert.deepEqual([options.vendorClass, options.bootFile], [undefined, undefined]);
});

test('C24: only a server that gives addresses tells iPXE that there is no proxy to wait for', () => {
  const able = ipxe(0, [FEATURE.http, FEATURE.multiboot]);
  assert.deepEqual([...(offerTo(able).options.ipxe?.keys() ?? [])], [1]);
  assert.deepEqual([...(replyIn(hear(message(MAC, able), dhcpHouse('full'))).options.ipxe?.keys() ?? [])], [1, 176]);
});

test("C25, F1: iPXE takes the offer for a proxy's by its class, and prefers it", () => {
  const offer = offerTo(ipxe(7, [FEATURE.http, FEATURE.efi]));
  assert.equal(offer.options.vendorClass, 'PXEClient');
  assert.deepEqual(offer.options.ipxe?.get(1), Uint8Array.of(1));
  assert.match(offer.file, /^http:\/\/10\.1\.2\.1\/ipxe\//);
});

test('C9: option 67 ends with a NUL of its own, so that EDK2 writes none over the next option', () => {
  for (const role of ['full', 'proxy'] as const) {
    for (const options of [edk2(0), edk2(7), HTTP_UEFI]) {
      const response = hear(message(MAC, options), dhcpHouse(role));
      assert.ok(response.kind === 'reply');
      const value = readOptions(response.bytes.subarray(240), new Map()).get(67);
      assert.equal(value?.at(-1), 0);
    }
  }
});

test('C11: a URL that finds no room in its field stands in option 67 alone, in an offer of a proxy as well', () => {
  const house = dhcpHouse('proxy', {}, { httpBase: `http://${'a'.repeat(120)}` });
  const { file, options } = replyIn(hear(message(MAC, { ...HTTP_UEFI, parameters: [1] }), house));
  assert.equal(file, '');
  assert.ok(options.bootFile?.endsWith('/boot/loaders/snponly.efi'));
});

test('C13, C16: neither overloaded fields nor an architecture go back to a client', () => {
  for (const role of ['full', 'proxy'] as const) {
    const { options } = replyIn(hear(message(MAC, edk2(7)), dhcpHouse(role)));
    assert.deepEqual([options.overload, options.arch], [undefined, undefined]);
  }
});

test('C15: option 97 comes back byte for byte, on 67 and on 4011, even where it is none', () => {
  const strange = { ...edk2(7), machineId: Uint8Array.of(7, 7, 7) };
  for (const reply of [offerTo(strange), ackTo(strange)]) assert.deepEqual(reply.options.machineId, strange.machineId);
});

test('an address that another server gave is remembered from the REQUEST, for later and for files', () => {
  const response = hear(
    message(MAC, { ...edk2(7), ...REQUEST, requestedAddress: ip('10.1.2.77'), serverId: ip('10.1.2.254') }),
    dhcpHouse('proxy'),
  );
  const [record] = response.records;
  assert.ok(record?.kind === 'lease' && record.lease.address === '10.1.2.77' && record.lease.mac === MAC);
  assert.deepEqual(
    hear(message(MAC, { ...REQUEST, requestedAddress: ip('10.1.2.78') }), dhcpHouse('proxy')).records,
    [],
  );
});
