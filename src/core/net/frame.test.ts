import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ip } from '../../../test/fixtures/dhcp.ts';
import { arpFrame, arpProbe, readArp, type Arp } from './arp.ts';
import { DecodeError } from './bytes.ts';
import { udpFrame } from './frame.ts';
import { ipv4Number, ipv4OfNumber, parseRange } from './ipv4.ts';
import type { Mac } from './mac.ts';
import { hex } from './text.ts';

const SERVER = { mac: '02:00:00:00:00:01' as Mac, address: ip('10.1.2.1'), port: 67 };
const CLIENT = { mac: '52:54:00:00:00:01' as Mac, address: ip('10.1.2.57'), port: 68 };

/** A receiver's check (RFC 1071 1): all words, the sum included, add up to ones. */
function adds(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const bytes of parts)
    for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

test('D7: a frame made by hand has headers and sums that a receiver accepts, of even and odd length', () => {
  for (const payload of [Buffer.from('even'), Buffer.from('odd'), Buffer.alloc(1472, 0xff), Buffer.alloc(0)]) {
    const frame = udpFrame({ source: SERVER, target: CLIENT, payload });
    assert.equal(hex(frame.subarray(0, 14)), '5254000000010200000000010800');
    const [ip, udp] = [frame.subarray(14, 34), frame.subarray(34)];
    assert.equal(hex(ip.subarray(0, 4)), `4500${(28 + payload.length).toString(16).padStart(4, '0')}`);
    assert.equal(adds(ip), 0xffff);
    const pseudo = Uint8Array.of(...ip.subarray(12), 0, 17, udp.length >> 8, udp.length & 255);
    assert.equal(adds(pseudo, udp), 0xffff);
    assert.equal(hex(udp.subarray(0, 4)), '00430044');
    assert.deepEqual(Buffer.from(udp.subarray(8)), payload);
  }
});

test('a probe asks with no address of its own, and what ARP says is read as it was written', () => {
  const probe = readArp(arpProbe(SERVER.mac, CLIENT.address));
  assert.deepEqual(
    [probe.kind, probe.sender, probe.target.address],
    ['request', { mac: SERVER.mac, address: '0.0.0.0' }, CLIENT.address],
  );
  const reply: Arp = {
    kind: 'reply',
    sender: { mac: CLIENT.mac, address: CLIENT.address },
    target: { mac: SERVER.mac, address: ip('0.0.0.0') },
  };
  const frame = arpFrame(SERVER.mac, reply);
  assert.deepEqual(readArp(Uint8Array.of(...frame, ...new Uint8Array(18))), reply);
  for (let length = 0; length < frame.length; length += 1)
    assert.throws(() => readArp(frame.subarray(0, length)), DecodeError);
  for (const at of [12, 15, 17, 18, 19, 21]) {
    const bad = frame.slice();
    bad[at] = 9;
    assert.throws(() => readArp(bad), DecodeError, `byte ${at}`);
  }
});

test('addresses become numbers and back, ranges run forward only', () => {
  for (const text of ['0.0.0.0', '10.1.2.3', '255.255.255.255', '192.168.100.200'])
    assert.equal(ipv4OfNumber(ipv4Number(ip(text))), text);
  assert.equal(ipv4Number(ip('192.0.2.1')), 0xc0000201);
  assert.deepEqual(parseRange('10.1.2.3 - 10.1.2.9'), { from: '10.1.2.3', to: '10.1.2.9' });
  for (const bad of ['10.1.2.9-10.1.2.3', '10.1.2.3', '10.1.2.3-', '10.1.2.3-4', '1.1.1.1-1.1.1.2-1.1.1.3'])
    assert.equal(parseRange(bad), undefined);
});
