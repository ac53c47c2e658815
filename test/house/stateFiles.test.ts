import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { clusterManual } from '../../src/core/cluster/manual.ts';
import { parseCluster } from '../../src/core/cluster/read.ts';
import { clusterSchema } from '../../src/core/cluster/schema.ts';
import { ROOT } from './sources.ts';

const PAGE = join(ROOT, 'docs/state-files.md');
const EXAMPLE = readFileSync(join(ROOT, 'image/drive/cluster.yaml'), 'utf8');

test('docs/state-files.md tells the keys that the schema has (PXEN_GOLDEN=write rewrites it)', () => {
  const page = readFileSync(PAGE, 'utf8');
  const made = page.replace(/(<!-- made [^\n]*\n)[^]*(<!-- end -->)/, (_, head: string, end: string) => {
    return `${head}\n${clusterManual()}\n${end}`;
  });
  if (process.env['PXEN_GOLDEN'] === 'write') writeFileSync(PAGE, made);
  assert.equal(readFileSync(PAGE, 'utf8'), made);
});

test('the example on a new drive is right as it is, and also with every line of it in force', () => {
  const reading = (text: string) => parseCluster(text, 'cluster.yaml');
  assert.ok('cluster' in reading(EXAMPLE));
  const whole = reading(EXAMPLE.replaceAll(/^# (?=[a-z]+:|  )/gm, ''));
  assert.ok('cluster' in whole, JSON.stringify(whole));
});

test('the example shows every section of the file', () => {
  const sections = Object.keys(clusterSchema.shape);
  assert.deepEqual(
    sections.filter((name) => !new RegExp(`^(# )?${name}:`, 'm').test(EXAMPLE)),
    [],
  );
});
