import assert from 'node:assert/strict';
import { test } from 'node:test';
import { macBytes } from '../../src/core/net/mac.ts';
import { isDhcp, isDhcpRequest, isMagicFor, macNumber } from './frame.ts';
import { ADA, BEA, EVERYONE, frame, magic, plain, udp } from './testframes.ts';

test('finds the magic packet anywhere in UDP or in ethertype 0842', () => {
  for (const before of [0, 1, 2, 100]) {
    assert.ok(isMagicFor(udp(EVERYONE, ADA, 9, magic(BEA, before)), macBytes(BEA)), `${before} bytes before`);
    assert.ok(isMagicFor(frame(EVERYONE, ADA, 0x0842, magic(BEA, before)), macBytes(BEA)));
  }
  assert.ok(isMagicFor(udp(EVERYONE, ADA, 9, Buffer.concat([magic(BEA), Buffer.alloc(6, 1)])), macBytes(BEA)));
});

test('takes nothing else for a magic packet', () => {
  const others = [
    udp(EVERYONE, ADA, 9, magic(ADA)),
    udp(EVERYONE, ADA, 9, magic(BEA).subarray(0, 101)),
    udp(EVERYONE, ADA, 9, magic(BEA).subarray(1)),
    frame(EVERYONE, ADA, 0x88b5, magic(BEA)),
    plain(BEA, ADA),
    Buffer.alloc(0),
  ];
  for (const other of others) assert.equal(isMagicFor(other, macBytes(BEA)), false);
});

test('knows DHCP by its ports', () => {
  assert.ok(isDhcp(udp(EVERYONE, ADA, 67, Buffer.alloc(8)), 0));
  assert.ok(isDhcp(udp(EVERYONE, ADA, 68, Buffer.alloc(8)), 0));
  assert.ok(isDhcpRequest(udp(EVERYONE, ADA, 67, Buffer.alloc(8)), 0));
  assert.equal(isDhcpRequest(udp(EVERYONE, ADA, 68, Buffer.alloc(8)), 0), false);
  assert.equal(isDhcp(plain(EVERYONE, ADA), 0), false);
});

test('keeps all 48 bits of an address', () => {
  assert.equal(macNumber(Buffer.from('ffeeddccbbaa', 'hex'), 0), 0xffeeddccbbaa);
});
