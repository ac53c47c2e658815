import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edk2, ip, ipxe, message, UUID_TEXT } from '../../../test/fixtures/dhcp.ts';
import { SERVER, unlistedHouse as house } from '../../../test/fixtures/house.ts';
import { FEATURE } from '../boot/client.ts';
import type { Mac } from '../net/mac.ts';
import { HABITS } from './habits.ts';
import type { Options } from './options.ts';
import { decodePacket, encodePacket, MESSAGE, type DhcpPacket } from './packet.ts';
import { respond, type DhcpHouse, type Response } from './respond.ts';

const [MAC, OTHER] = ['52:54:00:00:00:01' as Mac, '52:54:00:00:00:02' as Mac];
/** What becomes of a packet; its records are applied, as the server does. */
function tell(at: DhcpHouse, packet: DhcpPacket, origin?: Parameters<typeof respond>[3]): Response {
  const response = respond(packet, at, 0, origin);
  for (const record of response.records) at.book.apply(record);
  return response;
}

type Reply = Extract<Response, { kind: 'reply' }>;

function reply(
  at: DhcpHouse,
  packet: DhcpPacket,
  origin?: Parameters<typeof respond>[3],
): Reply & { packet: DhcpPacket } {
  const response = tell(at, packet, origin);
  assert.ok(response.kind === 'reply', 'why' in response ? response.why : '');
  return { ...response, packet: decodePacket(response.bytes).packet };
}

const ask = (options: Options = {}, more: Partial<DhcpPacket> = {}, mac = MAC): DhcpPacket =>
  message(mac, options, more);
const option82 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

test('A11: who ends its texts with a NUL is answered in kind', () => {
  const { options } = reply(house(), { ...ask({ hostName: 'x' }), terminated: true }).packet;
  assert.equal(options.hostName, 'ada');
  const { bytes } = reply(house(), { ...ask(), terminated: true });
  assert.ok(Buffer.from(bytes).includes(Buffer.from('\x0c\x04ada\0')));
  assert.ok(Buffer.from(reply(house(), ask()).bytes).includes(Buffer.from('\x0c\x03ada')));
});

test('A12, D14: a link that came up late is told from `secs`, but never from that of iPXE, which counts otherwise', () => {
  const at = house();
  assert.equal(reply(at, ask({}, { secs: 45 })).late, 45);
  assert.equal(reply(at, ask({}, { secs: 49 })).late, 0, 'it was heard before');
  assert.equal(reply(at, ask({}, { secs: 8 }, OTHER)).late, 0);
  const able = ipxe(0, [FEATURE.http, FEATURE.multiboot]);
  const [early, late] = [0, 0xfffc].map((secs) => reply(house(), ask(able, { secs })));
  assert.deepEqual([early?.late, late?.late], [0, 0]);
  assert.deepEqual(early?.bytes, late?.bytes, 'and answers do not depend on it');
});

test('A13: a UUID in place of the MAC comes back whole', () => {
  const chaddr = Uint8Array.from({ length: 16 }, (_, at) => at + 1);
  const { packet } = reply(house(), ask(edk2(7), { chaddr, hlen: 16 }));
  assert.deepEqual([packet.hlen, packet.chaddr], [16, chaddr]);
});

test('A15: nonsense in every field leaves no trace in the book', () => {
  const at = house();
  for (const type of [2, 5, 6, 9, 255]) assert.equal(tell(at, ask({ messageType: type })).kind, 'silence');
  assert.equal(at.book.size, 0);
});

test('C22: the client id comes back, unless the network says otherwise', () => {
  const clientId = Uint8Array.of(1, 2, 3);
  assert.deepEqual(reply(house(), ask({ clientId })).packet.options.clientId, clientId);
  const deaf = house({ habits: { ...HABITS, echoClientId: false } });
  assert.equal(reply(deaf, ask({ clientId })).packet.options.clientId, undefined);
});

test('C26, C20: options too long for one piece reach systems, and PXE clients do without', () => {
  const long = new Map([[224, new Uint8Array(300).fill(7)]]);
  const at = house({ habits: { ...HABITS, options: () => long } });
  const length = (options: Options): number => reply(at, ask({ maxSize: 1472, ...options })).bytes.length;
  assert.ok(length({}) > 600);
  assert.ok(length({ ...edk2(7), parameters: [1, 224] }) < 600);
});

test("options of cluster.yaml reach who asks for them, and stand in place of the network's own", () => {
  const options = new Map([
    [6, Uint8Array.of(10, 1, 2, 9)],
    [224, Uint8Array.of(0x61)],
  ]);
  const at = house({ dnsServers: [SERVER], habits: { ...HABITS, options: () => options } });
  const [all, some] = [{}, { parameters: [1, 6] }].map((asked) => Buffer.from(reply(at, ask(asked)).bytes));
  assert.deepEqual(decodePacket(all!).packet.options.dnsServers, ['10.1.2.9']);
  assert.ok(all!.includes(Buffer.of(224, 1, 0x61)));
  assert.ok(!some!.includes(Buffer.of(224, 1, 0x61)));
});

test('C27: BOOTP is answered with a fixed address in 300 bytes without lease, or not at all', () => {
  const bootp: DhcpPacket = { ...ask(), options: {} };
  const fixed = house({ fixedAddress: () => ip('10.1.2.50') });
  const { type, packet, bytes } = reply(fixed, bootp);
  assert.deepEqual([type, packet.yiaddr, bytes.length], ['bootp', '10.1.2.50', 300]);
  const { messageType, leaseTime, serverId, subnetMask } = packet.options;
  assert.deepEqual([messageType, leaseTime, serverId, subnetMask], [undefined, undefined, undefined, '255.255.255.0']);
  const why = (at: DhcpHouse): string => {
    const response = tell(at, bootp);
    return 'why' in response ? response.why : '';
  };
  assert.match(why(house()), /cluster\.yaml gives it no address/);
  assert.match(why({ ...fixed, habits: { ...HABITS, bootp: 'never' } }), /not answered in this network/);
});

test('D2: a relay agent whose giaddr cannot be reached is answered where it sent from', () => {
  const origin = { address: ip('10.7.7.7'), port: 1067 };
  const packet = ask({}, { giaddr: ip('10.1.2.5') });
  assert.deepEqual(reply(house(), packet, origin).to, { kind: 'relay', address: '10.1.2.5', port: 67 });
  const at = house({ habits: { ...HABITS, relayReply: 'source' } });
  assert.deepEqual(reply(at, packet, origin).to, { kind: 'relay', address: '10.7.7.7', port: 67 });
});

test('D3: a relay agent that uses another port is answered there (RFC 8357)', () => {
  const origin = { address: ip('10.1.2.5'), port: 1067 };
  const packet = ask({ relayAgent: option82('13 00') }, { giaddr: ip('10.1.2.5') });
  const { to, packet: back } = reply(house(), packet, origin);
  assert.deepEqual(to, { kind: 'relay', address: '10.1.2.5', port: 1067 });
  assert.deepEqual(back.options.relayAgent, option82('13 00'));
});

test('D4: the relay agent may stand in as the server, and is then accepted as us (RFC 5107)', () => {
  const at = house();
  const relayed = { giaddr: ip('10.1.2.5') };
  const relayAgent = option82('0b 04 0a010205');
  const offer = reply(at, ask({ relayAgent }, relayed));
  assert.equal(offer.packet.options.serverId, '10.1.2.5');
  const request = { messageType: MESSAGE.request, requestedAddress: offer.address, serverId: ip('10.1.2.5') };
  assert.equal(reply(at, ask({ ...request, relayAgent }, relayed)).type, 'ack');
  assert.equal(tell(at, ask(request, relayed)).kind, 'silence', 'who says so without the relay agent means another');
});

test('D10: any address of ours is taken for ours, and the reply names the one on the link', () => {
  const at = house();
  const { address } = reply(at, ask());
  const ack = reply(at, ask({ messageType: MESSAGE.request, requestedAddress: address, serverId: ip('10.9.9.1') }));
  assert.deepEqual([ack.type, ack.packet.options.serverId], ['ack', SERVER]);
});

test('D11: two cards of one machine have a lease each, and neither takes the other one away', () => {
  // Both are known by the UUID of their board, and cluster.yaml gives that one address.
  const at = house({ fixedAddress: ({ uuid }) => (uuid === UUID_TEXT ? ip('10.1.2.50') : undefined) });
  const boot = (mac: Mac) => {
    const offer = reply(at, ask(edk2(7), {}, mac));
    const chosen = { ...edk2(7), messageType: MESSAGE.request, requestedAddress: offer.address, serverId: SERVER };
    return reply(at, ask(chosen, {}, mac)).address;
  };
  const [first, second] = [boot(MAC), boot(OTHER)];
  assert.equal(first, '10.1.2.50');
  assert.notEqual(second, first);
  assert.deepEqual([boot(MAC), boot(OTHER), boot(MAC)], [first, second, first]);
  const again = ask({ messageType: MESSAGE.request, requestedAddress: second }, {}, OTHER);
  assert.equal(reply(at, again).type, 'ack', 'INIT-REBOOT of the second is no mistake');
});

test('E14: a client that a rival refused begins anew and gets its address again', () => {
  const at = house();
  const { address } = reply(at, ask());
  reply(at, ask({ messageType: MESSAGE.request, requestedAddress: address, serverId: SERVER }));
  assert.equal(reply(at, ask({ messageType: MESSAGE.discover })).address, address);
});

test('E3: only a new address on our own link is worth a question', () => {
  const at = house();
  assert.equal(reply(at, ask()).probe, true);
  assert.equal(reply(at, ask()).probe, false, 'it was offered to this machine a moment ago');
  assert.equal(reply(at, ask({}, { giaddr: ip('10.1.2.5') }, OTHER)).probe, false, 'ARP does not reach behind a relay');
});

test('a machine away from home gets an address of the network it is in', () => {
  const { address } = reply(house({ fixedAddress: () => ip('10.77.0.5') }), ask());
  assert.match(address, /^10\.1\.2\./);
});

test('E10: a request that names no address is served, and the log says what was odd', () => {
  const { type, said } = reply(house(), ask({ messageType: MESSAGE.request }));
  assert.deepEqual([type, said], ['ack', 'the request named no address']);
});

test('replies decode again to what was meant, for every kind of client', () => {
  for (const options of [{}, edk2(0), edk2(7), edk2(16), ipxe(0, [FEATURE.http])]) {
    const { flaws } = decodePacket(reply(house(), decodePacket(encodePacket(ask(options)).bytes).packet).bytes);
    assert.deepEqual(flaws, []);
  }
});
