import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CASES, coverage, pageText, strayIds } from '../conformance/page.ts';
import { AS_FAR_AS_FIRMWARE_GOES, IS_STRICT, REASONS } from '../conformance/reasons.ts';
import { ROOT } from './sources.ts';

test('the list holds 142 cases and the table of architectures, each once and each whole', () => {
  assert.equal(CASES.length, 143);
  assert.equal(new Set(CASES.map(({ id }) => id)).size, 143);
  assert.deepEqual(
    CASES.filter(({ title, source }) => title === '' || source === ''),
    [],
  );
});

test('docs/conformance.md is current; else: node test/conformance.ts --write', () => {
  const page = join(ROOT, 'docs', 'conformance.md');
  assert.ok(existsSync(page));
  assert.equal(readFileSync(page, 'utf8'), pageText());
});

test('every id that a test begins with is in the list', () => assert.deepEqual(strayIds(), []));

test('a reason is given only for what has no test', () => {
  const known = new Set(CASES.map(({ id }) => id));
  assert.deepEqual(
    [...REASONS.keys()].filter((id) => !known.has(id)),
    [],
  );
});

test('every case up to I has a test or a reason', (t) => {
  const open = coverage()
    .filter(({ case: { id } }) => !id.startsWith(AS_FAR_AS_FIRMWARE_GOES))
    .filter(({ tests, reason }) => tests.size === 0 && reason === undefined)
    .map(({ case: { id } }) => id);
  t.diagnostic(`${open.length} cases are open: ${open.join(' ')}`);
  if (IS_STRICT) assert.deepEqual(open, []);
});
