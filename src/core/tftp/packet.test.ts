import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../net/bytes.ts';
import { netascii } from './netascii.ts';
import { decodeTftp, encodeTftp, readAck, type TftpPacket } from './packet.ts';

const asked = (options: Record<string, string>) => new Map(Object.entries(options));

test('packets as RFC 1350 and 2347 write them', () => {
  const golden: readonly (readonly [string, TftpPacket])[] = [
    [
      '0001612f6200 6f6374657400 626c6b73697a6500 3134333200',
      { kind: 'read', path: 'a/b', mode: 'octet', options: asked({ blksize: '1432' }) },
    ],
    ['0002 6100 6f6374657400', { kind: 'write', path: 'a', mode: 'octet', options: new Map() }],
    ['0003 0102 aabb', { kind: 'data', block: 258, bytes: Buffer.from('aabb', 'hex') }],
    ['0004 ffff', { kind: 'ack', block: 65535 }],
    ['0005 0001 6e6f00', { kind: 'error', code: 1, message: 'no' }],
    ['0006 7473697a6500 3500', { kind: 'oack', options: asked({ tsize: '5' }) }],
  ];
  for (const [digits, packet] of golden) {
    const bytes = new Uint8Array(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
    assert.deepEqual(encodeTftp(packet), bytes);
    const read = decodeTftp(bytes);
    assert.deepEqual(read.kind === 'data' ? { ...read, bytes: Buffer.from(read.bytes) } : read, packet);
  }
});

test('too few and left-over bytes are refused', () => {
  for (const digits of [
    '',
    '00',
    '0001',
    '000161',
    '000161006f',
    '0004',
    '000400',
    '00040001ff',
    '0009',
    '000161006f00626c00',
  ]) {
    assert.throws(() => decodeTftp(Buffer.from(digits, 'hex')), DecodeError, digits);
  }
});

test('I1: the mode is read whatever its case, and netascii has its line ends', () => {
  const packet = decodeTftp(Buffer.from('00016100 4f4354455400'.replace(' ', ''), 'hex'));
  assert.equal(packet.kind === 'read' && packet.mode, 'octet');
  assert.deepEqual(netascii(Buffer.from('a\nb\rc')), new Uint8Array(Buffer.from('a\r\nb\r\0c')));
});

test('an ACK is read by hand as the codec reads it', () => {
  for (const digits of ['00040102', '0004ffff', '00050102', '000401', '0004010203', '']) {
    const bytes = Buffer.from(digits, 'hex');
    const byCodec = digits.length === 8 ? decodeTftp(bytes) : undefined;
    assert.equal(readAck(bytes), byCodec?.kind === 'ack' ? byCodec.block : undefined, digits);
  }
});
