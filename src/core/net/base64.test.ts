import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64, fromBase64 } from './base64.ts';

test('base64 is what Node makes of it, both ways and for every length', () => {
  for (let length = 0; length < 70; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 97 + length * 31) & 0xff);
    assert.equal(base64(bytes), Buffer.from(bytes).toString('base64'));
    assert.deepEqual(fromBase64(base64(bytes)), bytes);
  }
});

test('what base64 never writes is none', () => {
  for (const text of [
    'A',
    'AB',
    'ABC',
    'AB=C',
    '=AAA',
    'AA=A',
    'A===',
    '====',
    'AB==',
    'AAB=',
    'AA-_',
    'AAAA\n',
    ' AAA',
  ])
    assert.equal(fromBase64(text), undefined, text);
});
