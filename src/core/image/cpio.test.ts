import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../net/bytes.ts';
import { readCpio, writeCpio, type CpioEntry } from './cpio.ts';

const ENTRIES: readonly CpioEntry[] = [
  { kind: 'directory', path: 'bin', mode: 0o755 },
  { kind: 'file', path: 'bin/a', mode: 0o755, bytes: new Uint8Array(Buffer.from('hello')) },
  { kind: 'symlink', path: 'bin/sh', target: 'a' },
  { kind: 'device', path: 'dev/console', mode: 0o600, major: 5, minor: 1 },
  { kind: 'file', path: 'empty', mode: 0o644, bytes: new Uint8Array() },
];

test('what is written is read again, and the same entries give the same bytes', () => {
  const bytes = writeCpio(ENTRIES);
  assert.deepEqual(readCpio(bytes), ENTRIES);
  assert.deepEqual(writeCpio(ENTRIES), bytes);
  assert.equal(bytes.length % 4, 0);
});

test('a header has the fields of newc', () => {
  const bytes = writeCpio([{ kind: 'file', path: '/a', mode: 0o644, bytes: Uint8Array.of(65) }]);
  const fields = ['00000001', '000081a4', '00000000', '00000000', '00000001', '00000000', '00000001'];
  const rest = ['00000000', '00000000', '00000000', '00000000', '00000002', '00000000'];
  assert.equal(
    Buffer.from(bytes.subarray(0, 116)).toString('latin1'),
    `070701${[...fields, ...rest].join('')}a\0A\0\0\0`,
  );
});

test('archives may follow each other with zeroes between', () => {
  const one = writeCpio(ENTRIES.slice(0, 2));
  const both = Buffer.concat([one, new Uint8Array(512), writeCpio(ENTRIES.slice(2))]);
  assert.deepEqual(readCpio(new Uint8Array(both)), ENTRIES);
});

test('an archive that is cut or damaged is refused', () => {
  const bytes = writeCpio(ENTRIES);
  assert.throws(() => readCpio(bytes.subarray(0, 300)), DecodeError);
  assert.throws(() => readCpio(Buffer.from('070707')), DecodeError);
  const bad = bytes.slice();
  bad[6] = 0x7a;
  assert.throws(() => readCpio(bad), DecodeError);
});
