import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '../net/text.ts';
import { NAMED_OPTIONS, OWN_OPTIONS } from './namedOptions.ts';
import { rawOptions, readOption } from './readOption.ts';

const bytesOf = (key: string, value: unknown): string => {
  const read = readOption(key, value);
  return 'code' in read ? `${read.code} ${hex(read.bytes)}` : read.what;
};

test('options are written by name or number, each in the form of its kind', () => {
  assert.equal(bytesOf('ntp-servers', ['10.1.2.3', '10.1.2.4']), '42 0a0102030a010204');
  assert.equal(bytesOf('42', '10.1.2.3'), '42 0a010203');
  assert.equal(bytesOf('time-offset', -3600), '2 fffff1f0');
  assert.equal(bytesOf('mtu', 1400), '26 0578');
  assert.equal(bytesOf('default-ttl', 64), '23 40');
  assert.equal(bytesOf('ip-forwarding', true), '19 01');
  assert.equal(bytesOf('domain-search', ['a.b']), '119 0161016200');
  assert.equal(bytesOf('224', 'text'), '224 74657874');
  assert.equal(bytesOf('225', '0x01:02ff'), '225 0102ff');
  assert.equal(bytesOf('226', ['10.1.2.3']), '226 0a010203');
});

test('static routes take no more bytes than their prefix has (RFC 3442)', () => {
  const routes = ['0.0.0.0/0 via 10.1.2.1', '10.0.0.0/8 via 10.1.2.2', '10.17.0.0/17 via 10.1.2.3'];
  assert.equal(bytesOf('static-routes', routes), '121 000a010201080a0a010202110a11000a010203');
});

test('values of the wrong form are refused in words, for every name', () => {
  for (const { name } of NAMED_OPTIONS) {
    for (const value of [{}, [], null, undefined, '', -1e12, '\u0000'.repeat(2000)])
      assert.match(bytesOf(name, value), /is not (a|an|bytes|true)/, `${name} ${JSON.stringify(value)}`);
  }
  for (const value of [5, {}, '0x1', '0xzz', '']) assert.match(bytesOf('224', value), /no form that is known/);
});

test('what belongs to the conversation cannot be set, and no name stands for it', () => {
  for (const [code] of OWN_OPTIONS) assert.match(bytesOf(String(code), 'x'), /cannot be set/);
  assert.deepEqual(
    NAMED_OPTIONS.filter(({ code }) => OWN_OPTIONS.has(code)),
    [],
  );
  assert.equal(new Set(NAMED_OPTIONS.map(({ code }) => code)).size, NAMED_OPTIONS.length);
  assert.deepEqual([...rawOptions({ mtu: 1400, nonsense: 1, 53: 1 })], [[26, Uint8Array.of(5, 0x78)]]);
});
