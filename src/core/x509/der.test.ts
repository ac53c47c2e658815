import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as der from './der.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('values as X.690 writes them', () => {
  assert.equal(hex(der.oid('1.2.840.113549.1.1.11')), '06092a864886f70d01010b');
  assert.equal(hex(der.oid('2.5.29.17')), '0603551d11');
  assert.equal(hex(der.integer(Uint8Array.of(0, 0, 0x7f))), '02017f');
  assert.equal(hex(der.integer(Uint8Array.of(0x80))), '02020080');
  assert.equal(hex(der.integer(Uint8Array.of(0))), '020100');
  assert.equal(hex(der.bitString(Uint8Array.of(6), 1)), '03020106');
  assert.equal(hex(der.sequence(der.TRUE, der.NULL)), '30050101ff0500');
  assert.equal(hex(der.explicit(0, der.integer(Uint8Array.of(2)))), 'a003020102');
});

test('lengths take one octet below 128, and as many as they need from there on', () => {
  for (const [size, header] of [
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [70_000, '0483011170'],
  ] as const) {
    assert.equal(hex(der.octetString(new Uint8Array(size))).slice(0, header.length), header);
  }
});
