import assert from 'node:assert/strict';
import { test } from 'node:test';
import { message } from '../../../test/fixtures/dhcp.ts';
import type { Mac } from '../net/mac.ts';
import { PacketLimiter, senderKey } from './limiter.ts';
import { encodePacket } from './packet.ts';

test('a flood from one machine is held back, said once a minute, and harms no other', () => {
  const limiter = new PacketLimiter(20);
  const answers = Array.from({ length: 30 }, () => limiter.admit(1, 500));
  assert.deepEqual([answers.filter((one) => one === 'yes').length, answers[20], answers[21]], [20, 'no', 'told']);
  assert.equal(limiter.admit(2, 500), 'yes');
  assert.equal(limiter.admit(1, 1000), 'yes', 'the next second is a new one');
  for (let n = 0; n < 30; n += 1) limiter.admit(1, 2000);
  assert.equal(limiter.admit(1, 2000), 'told');
  for (let n = 0; n < 19; n += 1) limiter.admit(1, 61_000);
  assert.deepEqual(
    [limiter.admit(1, 61_000), limiter.admit(1, 61_000)],
    ['yes', 'no'],
    'a minute later it is said again',
  );
});

test('machines have keys of their own, by MAC and by UUID; what is too short has none', () => {
  const bytes = (mac: string, more = {}) => encodePacket(message(mac as Mac, {}, more)).bytes;
  assert.notEqual(senderKey(bytes('52:54:00:00:00:01')), senderKey(bytes('52:54:00:00:00:02')));
  const uuid = (last: number) => ({ hlen: 16, chaddr: new Uint8Array(16).fill(7).fill(last, 15) });
  assert.notEqual(senderKey(bytes('52:54:00:00:00:01', uuid(1))), senderKey(bytes('52:54:00:00:00:01', uuid(2))));
  assert.ok(Number.isSafeInteger(senderKey(new Uint8Array(300).fill(255))));
  assert.equal(senderKey(new Uint8Array(20)), 0);
});
