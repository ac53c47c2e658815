import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { reportText, soakReport } from '../soak/report.ts';
import { ROOT } from './sources.ts';

test('docs/schema/soak.json is what the schema says (PXEN_GOLDEN=write rewrites it)', () => {
  const published = join(ROOT, 'docs', 'schema', 'soak.json');
  const text = `${JSON.stringify(z.toJSONSchema(soakReport), undefined, 2)}\n`;
  if (process.env['PXEN_GOLDEN'] === 'write') writeFileSync(published, text);
  assert.equal(readFileSync(published, 'utf8'), text);
});

test('the kept report of pxen soak is whole, and nothing failed in it', () => {
  const kept = join(ROOT, 'bench', 'results', 'soak.json');
  assert.ok(existsSync(kept));
  const report = soakReport.parse(JSON.parse(readFileSync(kept, 'utf8')));
  assert.deepEqual(report.failures, []);
  assert.match(reportText(report), /nothing failed\n$/);
});
