import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTest, sources } from './sources.ts';

/** Programs start here: the command line, what makes a page, and what a host or a worker loads by name. */
const ENTRIES = /^(src\/cli\/main\.ts|bench\/[^/]+\.ts|test\/(conformance|soak\/main)\.ts)$/;
const byPath = new Map(sources.map((source) => [source.path, source]));

function reached(from: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...from];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    waiting.push(...(byPath.get(path)?.imports ?? []).filter((name) => byPath.has(name)));
    waiting.push(...workersOf(path));
  }
  return seen;
}

/** Files that are started by their name, as workers and the programs of a test are. */
function workersOf(path: string): string[] {
  const folder = path.slice(0, path.lastIndexOf('/'));
  const named = Array.from(byPath.get(path)?.text.matchAll(/'(?:\.\/)?([\w/-]+\.ts)'/g) ?? [], ([, name]) => name);
  return named.map((name) => `${folder}/${name}`).filter((name) => byPath.has(name));
}

const isEntry = (path: string): boolean => ENTRIES.test(path) || path.endsWith('.test.ts');

test('every import leads to a file', () => {
  const broken = sources.flatMap(({ path, imports }) =>
    imports.flatMap((name) => (name.endsWith('.ts') && !byPath.has(name) ? [`${path} imports ${name}`] : [])),
  );
  assert.deepEqual(broken, []);
});

test('every file is reached from a program or a test', () => {
  const live = reached(sources.map(({ path }) => path).filter((path) => isEntry(path)));
  assert.deepEqual(
    sources.map(({ path }) => path).filter((path) => !live.has(path)),
    [],
  );
});

test('what is exported is used by another file', (t) => {
  const unused = sources
    .filter(({ path }) => !isTest(path))
    .flatMap(({ path, code }) =>
      Array.from(code.matchAll(/^export (?:async )?(?:const|function|class) (\w+)/gm), ([, name = '']) => ({
        path,
        name,
      })),
    )
    .filter(({ path, name }) => !isVerb(path, name) && !usedElsewhere(path, name));
  t.diagnostic(`${unused.length} exports that nobody imports`);
  assert.deepEqual(
    unused.map(({ path, name }) => `${path} exports ${name}`),
    [],
  );
});

/** The table of verbs loads a verb's file and calls its `run`. */
const isVerb = (path: string, name: string): boolean => path.startsWith('src/cli/') && name === 'run';

function usedElsewhere(path: string, name: string): boolean {
  const word = new RegExp(`\\b${name}\\b`);
  return sources.some((source) => source.path !== path && source.imports.includes(path) && word.test(source.code));
}
