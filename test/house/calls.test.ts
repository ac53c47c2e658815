import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTest, places, sources, type SourceFile } from './sources.ts';

const outside = sources.filter(({ path }) => !isTest(path));
const inCore = outside.filter(({ path }) => path.startsWith('src/core/'));
const inRooms = outside.filter(({ path }) => !path.startsWith('bench/'));

function none(files: readonly SourceFile[], pattern: RegExp): void {
  assert.deepEqual(
    files.flatMap((source) => places(source, pattern)),
    [],
  );
}

test('core asks neither the clock nor chance nor the machine', () => {
  none(
    inCore,
    /\b(Date\.now|new Date\b|Math\.random|performance\.|process\.|globalThis\b|setTimeout|setInterval|fetch\()/,
  );
});

test('nobody writes past the log and the command line', () =>
  none(inRooms, /\bconsole\.(log|error|warn|info|debug|trace|table)\b/));

test('nothing is of any type', () => none(outside, /(:\s*any\b|\bas any\b|<any>)/));

test('chance and the wall clock come in as arguments in host0 and agent', () => {
  none(
    outside.filter(({ path }) => /^src\/(host0|agent)\//.test(path)),
    /\b(Date\.now|Math\.random|setTimeout|setInterval)\b/,
  );
});

test('external commands go through run(); the lab starts its machines, and tests run in a process group', () => {
  const starters = outside.filter(({ imports }) => imports.includes('node:child_process')).map(({ path }) => path);
  const strangers = starters.filter(
    (path) => !/^src\/shell\/(run|processGroup)\.ts$/.test(path) && !/^(lab|bench)\//.test(path),
  );
  assert.deepEqual(strangers, []);
  assert.ok(starters.filter((path) => path.startsWith('lab/')).length <= 1, starters.join(', '));
});

test('an error is swallowed only with the reason beside it', () => {
  const silent = inRooms.filter(({ text }) => /\bcatch\s*(\([^)]*\))?\s*\{\s*\}/.test(text));
  assert.deepEqual(
    silent.map(({ path }) => path),
    [],
  );
});

test('what is compiled away stays away: no enum, no namespace', () =>
  none(sources, /^\s*(export )?(const )?(enum|namespace) \w+/m));
