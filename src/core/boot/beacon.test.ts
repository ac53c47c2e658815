import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DecodeError } from '../net/bytes.ts';
import { parseBeacon, STAGE1_STEPS } from './beacon.ts';

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

test('every step that the scripts of stage 1 say is one that the server knows', () => {
  const scripts = globSync(new URL('../../../image/stage1/**/*', import.meta.url).pathname, { withFileTypes: true });
  const text = scripts
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'))
    .join('\n');
  const said = new Set([...text.matchAll(/\bsay ([a-z]+) /g)].map(([, step]) => step));
  assert.deepEqual(said, new Set<string | undefined>(STAGE1_STEPS));
});
