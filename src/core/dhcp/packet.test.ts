import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../net/bytes.ts';
import { hex } from '../net/text.ts';
import type { Mac } from '../net/mac.ts';
import { edk2, ip, ipxe, message } from '../../../test/fixtures/dhcp.ts';
import { decodePacket, encodePacket, sizeLimit, type DhcpPacket } from './packet.ts';
import { userClass } from './shapes/user-class.ts';
import { domains } from './shapes/domains.ts';

const MAC = '52:54:00:00:00:01' as Mac;
const FIXED = 236;

/** A DISCOVER written down by hand from RFC 2131, figure 1, with these option bytes behind the cookie. */
function golden(options: string, fields: { op?: string; sname?: string; file?: string } = {}): Uint8Array {
  const text = [
    `${fields.op ?? '01010600'} 12345678 0004 8000`,
    '00000000 00000000 00000000 00000000',
    '525400000001 00000000000000000000',
    (fields.sname ?? '').padEnd(128, '0'),
    (fields.file ?? '').padEnd(256, '0'),
    `63825363 ${options}`,
  ].join('');
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

test('A1: without the magic cookie it is no DHCP message', () => {
  const bytes = golden('350101 ff');
  bytes[FIXED] = 0;
  assert.throws(() => decodePacket(bytes), DecodeError);
});

test('A1: BOOTP may leave its vendor area empty, and an unreadable type is not taken for BOOTP', () => {
  const bytes = golden('00');
  bytes.fill(0, FIXED);
  assert.deepEqual(decodePacket(bytes).packet.options, {});
  assert.throws(() => decodePacket(golden('35020101 ff')), DecodeError);
});

test('A2: impossible hardware addresses are refused', () => {
  assert.throws(() => decodePacket(golden('350101 ff', { op: '01011100' })), DecodeError);
  assert.throws(() => decodePacket(golden('350101 ff', { op: '01000600' })), DecodeError);
});

test('A3: short packets and lengths past the end are refused, a missing END is not', () => {
  for (let length = 0; length < 240; length += 1) {
    assert.throws(() => decodePacket(golden('350101').subarray(0, length)), DecodeError);
  }
  assert.throws(() => decodePacket(golden('3504 01')), DecodeError);
  assert.equal(decodePacket(golden('350101')).packet.options.messageType, 1);
});

test('A4: PAD is skipped, and whatever stands behind END', () => {
  assert.deepEqual(decodePacket(golden('00 00 350101 00 ff 0c026162')).packet.options, { messageType: 1 });
});

test('A5: an option that comes twice is one cut in two', () => {
  assert.equal(decodePacket(golden('350101 0c026162 0c026364 ff')).packet.options.hostName, 'abcd');
});

test('A6: options overflow into file, then into sname', () => {
  const fields = { file: '0c0162ff', sname: '0c0163ff' };
  const { packet } = decodePacket(golden('350101 340103 0c0161 ff', fields));
  assert.equal(packet.options.hostName, 'abc');
  assert.deepEqual([packet.file, packet.sname], ['', '']);
  assert.equal(decodePacket(golden('350101 340101 ff', fields)).packet.options.hostName, 'b');
  assert.equal(decodePacket(golden('350101 340102 ff', fields)).packet.options.hostName, 'c');
});

test('A7: several architectures are read, an odd length is a flaw and no more', () => {
  assert.deepEqual(decodePacket(golden('5d0400070010 ff')).packet.options.arch, [7, 16]);
  for (const odd of ['5d0100 ff', '5d00 ff', '5d03000700 ff']) {
    const { packet, flaws } = decodePacket(golden(`350101 ${odd}`));
    assert.deepEqual([packet.options.arch, flaws.length], [undefined, 1]);
  }
});

test('A10: the user class is read raw and as RFC 3004 has it', () => {
  assert.deepEqual(userClass.decode(Buffer.from('iPXE')), ['iPXE']);
  assert.deepEqual(userClass.decode(Buffer.from('\x04iPXE\x03lab')), ['iPXE', 'lab']);
  assert.deepEqual(userClass.decode(userClass.encode(['a', 'bc'])), ['a', 'bc']);
});

test('A11: trailing NULs are no part of a text', () => {
  const { packet } = decodePacket(golden('350101 0c0461620000 ff'));
  assert.deepEqual([packet.options.hostName, packet.terminated], ['ab', true]);
  assert.equal(decodePacket(golden('350101 0c026162 ff')).packet.terminated, undefined);
});

test('A11: who ends its texts with a NUL gets them so, but for the vendor class, which is compared', () => {
  const texts = { hostName: 'ab', domainName: 'c', vendorClass: 'PXEClient' };
  const written = hex(encodePacket({ ...message(MAC, texts), terminated: true }).bytes);
  for (const option of ['0c03616200', '0f026300', '3c09505845436c69656e74'])
    assert.ok(written.includes(option), option);
  assert.ok(hex(encodePacket(message(MAC, texts)).bytes).includes('0c026162'));
});

test('options of cluster.yaml stand in place of the usual ones, and before what a relay put in', () => {
  const relayAgent = Uint8Array.of(1, 1, 7);
  const extra = new Map([
    [6, Uint8Array.of(10, 1, 2, 9)],
    [224, Uint8Array.of(0x61)],
  ]);
  const packet = { ...message(MAC, { dnsServers: [ip('10.1.2.1')], relayAgent }), extra };
  const written = hex(encodePacket(packet).bytes.subarray(240));
  assert.ok(written.startsWith('35010106040a010209e001615203010107ff'), written);
});

test('A13: a hardware address of 16 bytes comes back whole', () => {
  const bytes = golden('350101 ff', { op: '01011000' });
  bytes.set(
    Uint8Array.from({ length: 16 }, (_, index) => index + 1),
    28,
  );
  const { packet } = decodePacket(bytes);
  assert.equal(hex(decodePacket(encodePacket(packet).bytes).packet.chaddr), '0102030405060708090a0b0c0d0e0f10');
});

test('what is written is read again as it was', () => {
  for (const options of [edk2(7), edk2(0), ipxe(0, [0x13, 0x19])]) {
    const packet = message(MAC, {
      ...options,
      requestedAddress: ip('10.1.2.9'),
      domainSearch: ['lab.internal', 'a.b'],
    });
    assert.deepEqual(decodePacket(encodePacket(packet).bytes), { packet, flaws: [] });
  }
});

test('C5: replies have at least 300 bytes', () => {
  assert.equal(encodePacket(message(MAC)).bytes.length, 300);
});

test('C6, C7, C8: option 57 limits a reply, within what every client takes', () => {
  assert.deepEqual([sizeLimit(undefined), sizeLimit(100), sizeLimit(600), sizeLimit(65535)], [548, 548, 572, 1472]);
  const packet = message(MAC, { domainSearch: Array.from({ length: 40 }, (_, n) => `domain-${n}.example`) });
  const { bytes, left } = encodePacket(packet, { limit: 548 });
  assert.ok(bytes.length <= 548);
  assert.deepEqual(left, [119]);
});

test('D1: what a relay put in comes last, whatever else finds no room', () => {
  const relayAgent = new Uint8Array(60).fill(7);
  const packet: DhcpPacket = message(MAC, { relayAgent, clientId: new Uint8Array(255).fill(1) });
  const { bytes, left } = encodePacket(packet, { limit: 548 });
  assert.deepEqual(left, [61]);
  assert.deepEqual(decodePacket(bytes).packet.options.relayAgent, relayAgent);
  const long = encodePacket(packet, { limit: 1472 }).bytes;
  assert.equal(hex(long.subarray(long.length - 63)), `523c${'07'.repeat(60)}ff`);
});

test('C26, C20: to PXE clients nothing goes out in pieces', () => {
  const names = Array.from({ length: 30 }, (_, n) => `domain-${n}.example.org`);
  const { bytes, left } = encodePacket(message(MAC, { domainSearch: names, hostName: 'a' }), { split: false });
  const { options } = decodePacket(bytes).packet;
  assert.deepEqual([left, options.domainSearch, options.hostName], [[119], undefined, 'a']);
});

test('C26: more than 255 bytes go out in pieces', () => {
  const names = Array.from({ length: 30 }, (_, n) => `domain-${n}.example.org`);
  const { packet } = decodePacket(encodePacket(message(MAC, { domainSearch: names })).bytes);
  assert.deepEqual(packet.options.domainSearch, names);
});

test('C9: the boot file ends with a NUL', () => {
  const bytes = encodePacket(message(MAC, { bootFile: 'ab' })).bytes;
  assert.ok(hex(bytes).includes('4303616200'));
});

test('a search list that points to itself or forward is a flaw', () => {
  for (const bad of ['c000', '0161c004', '0161c000c000', '40', '01']) {
    assert.throws(() => domains.decode(Buffer.from(bad, 'hex')), DecodeError);
  }
  assert.deepEqual(domains.decode(Buffer.from('0161000162c000', 'hex')), ['a', 'b.a']);
});
