import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../net/bytes.ts';
import { parseBeacon } from './beacon.ts';

const parse = (text: string) => parseBeacon(Buffer.from(text));

test('a step of stage 1 is read, with and without line end', () => {
  const beacon = { mac: '52:54:00:00:00:01', seconds: 3.25, step: 'fetch', detail: '12 of 100 MB' };
  assert.deepEqual(parse('pxen1 52:54:00:00:00:01 3.25 fetch 12 of 100 MB'), beacon);
  assert.deepEqual(parse('pxen1 52-54-00-00-00-01 3.25 fetch 12 of 100 MB\n'), beacon);
  assert.equal(parse('pxen1 52:54:00:00:00:01 3 begin').detail, '');
});

test('anything else is refused, and nothing hostile gets through', () => {
  for (const bad of [
    '',
    'pxen1',
    'pxen2 52:54:00:00:00:01 3 begin',
    'pxen1 nobody 3 begin',
    'pxen1 52:54:00:00:00:01 -3 begin',
    'pxen1 52:54:00:00:00:01 3 dance',
  ]) {
    assert.throws(() => parse(bad), DecodeError, bad);
  }
  assert.equal(parse('pxen1 52:54:00:00:00:01 3 failed \x1b[2J\nroot').detail, '.[2J.root');
  assert.ok(parse(`pxen1 52:54:00:00:00:01 3 failed ${'x'.repeat(5000)}`).detail.length < 512);
});
