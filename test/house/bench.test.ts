import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { plot } from '../../bench/plot.ts';
import { benchResult, type BenchResult } from '../../bench/result.ts';
import { readmeTable } from '../../bench/table.ts';
import { ROOT } from './sources.ts';

/** What is told of the benches is made from their committed results, so that it cannot drift from them. */

const README = join(ROOT, 'README.md');
const TABLE = /(?<=<!-- made from bench\/results[^\n]*-->\n)[\s\S]*?(?=\n<!-- end -->)/;

const pathOf = (name: string): string => join(ROOT, 'bench', 'results', name);
const resultOf = (name: string): BenchResult =>
  benchResult.parse(JSON.parse(readFileSync(pathOf(`${name}.json`), 'utf8')));
const results = ['dhcp', 'tftp', 'http'].map((name) => resultOf(name));
const writes = process.env['PXEN_GOLDEN'] === 'write';

test("README's table of the benches is made from bench/results (PXEN_GOLDEN=write rewrites it)", () => {
  const text = readFileSync(README, 'utf8');
  assert.match(text, TABLE);
  if (writes)
    writeFileSync(
      README,
      text.replace(TABLE, () => readmeTable(results)),
    );
  assert.equal(TABLE.exec(readFileSync(README, 'utf8'))?.[0], readmeTable(results));
});

test('every drawing is made from its result (PXEN_GOLDEN=write rewrites it)', () => {
  for (const result of results) {
    const path = pathOf(`${result.bench}.svg`);
    if (writes) writeFileSync(path, plot(result));
    assert.equal(readFileSync(path, 'utf8'), plot(result), result.bench);
  }
});
