import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { ROOT, isTest, median, sources } from './sources.ts';

const MEDIAN = 120;
const lines = (text: string): number => text.split('\n').length - 1;

test('the linter holds the limits: 250 lines a file, 40 a function', () => {
  const limit = z.tuple([z.literal('error'), z.object({ max: z.number() })]).transform(([, { max }]) => max);
  const config = z
    .object({ rules: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8')));
  assert.ok(limit.parse(config.rules['eslint/max-lines']) <= 250);
  assert.ok(limit.parse(config.rules['eslint/max-lines-per-function']) <= 40);
});

test(`the median file has at most ${MEDIAN} lines`, (t) => {
  const lengths = sources.filter(({ path }) => !isTest(path)).map(({ text }) => lines(text));
  t.diagnostic(`${lengths.length} files, median ${median(lengths)} lines, longest ${Math.max(...lengths)}`);
  assert.ok(median(lengths) <= MEDIAN);
});

test('a rule of linter or compiler is put out of force only with a reason', () => {
  const unreasoned = sources.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        /\/[/*] *((ox|es)lint-disable|@ts-(expect-error|nocheck|ignore))/.test(line) && !/ -- .{8}/.test(line)
          ? [`${path}:${index + 1}`]
          : [],
      ),
  );
  assert.deepEqual(unreasoned, [], 'write: oxlint-disable-next-line RULE -- why');
});
