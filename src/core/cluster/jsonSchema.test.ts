import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { clusterJsonSchema, keysAt } from './jsonSchema.ts';

const PUBLISHED = new URL('../../../docs/schema/cluster.json', import.meta.url);

test('docs/schema/cluster.json is what the schema says (PXEN_GOLDEN=write rewrites it)', () => {
  const text = `${JSON.stringify(clusterJsonSchema(), undefined, 2)}\n`;
  if (process.env['PXEN_GOLDEN'] === 'write') writeFileSync(PUBLISHED, text);
  assert.equal(readFileSync(PUBLISHED, 'utf8'), text);
});

test('the keys of every mapping are known', () => {
  assert.ok(keysAt([]).includes('hosts'));
  assert.ok(keysAt(['hosts', 3]).includes('mac'));
  assert.ok(keysAt(['networks', 'main']).includes('dhcp'));
  assert.deepEqual(keysAt(['hosts', 3, 'labels']), []);
  assert.deepEqual(keysAt(['no', 'such', 'thing']), []);
});
