import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { labJsonSchema, labResult } from './result.ts';

const RESULT = {
  schema: 'pxen.lab/1',
  ok: true,
  hosts: [
    {
      name: 'ada',
      place: 'host0',
      boot: 'drive',
      firmware: 'uefi',
      mac: '52:54:00:00:00:01',
      uuid: '70786e00-6c61-4b62-8000-000000000001',
      xen: '4.20.0',
      kernel: '6.12.0',
      seconds: { firmware: 5.1, loader: 6.2, kernel: 12.3, agent: 40, ready: 55.5 },
      bytesFetched: 123,
    },
  ],
  vms: [{ name: 'hello', host: 'ada', state: 'running' }],
  drive: { bytes: 1 },
  image: { release: '1a2b', bytes: 2, sha256: 'cd' },
  failed: null,
};

test('docs/schema/lab.json is the schema of the code', () => {
  const file = new URL('../docs/schema/lab.json', import.meta.url);
  assert.equal(readFileSync(file, 'utf8'), `${JSON.stringify(labJsonSchema(), null, 2)}\n`);
});

test('takes a whole result, and refuses one with more or less in it', () => {
  assert.deepEqual(labResult.parse(RESULT), RESULT);
  assert.equal(labResult.safeParse({ ...RESULT, more: 1 }).success, false);
  assert.equal(labResult.safeParse({ ...RESULT, failed: undefined }).success, false);
  const early = { step: 'firmware', machine: 'ada', lastLines: ['x'] };
  assert.equal(labResult.safeParse({ ...RESULT, ok: false, hosts: [], failed: early }).success, true);
});
