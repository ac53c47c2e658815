import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { sources } from './sources.ts';

/** What a host loads before it does its work: on a slow machine every module is a share of a second. */

const byPath = new Map(sources.map((source) => [source.path, source]));
const LOADS =
  /^(?:import|export)\b(?!\s+type\b)[^;'"]*?from\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

/** All that a file loads in the end; with `late`, what it calls `import()` for too. */
function loaded(path: string, late: boolean, seen: Set<string> = new Set([path])): ReadonlySet<string> {
  const kinds = Array.from(byPath.get(path)?.text.matchAll(LOADS) ?? []);
  for (const [, from, bare, called] of kinds) {
    const said = from ?? bare ?? (late ? called : undefined);
    if (said === undefined) continue;
    const name = said.startsWith('.') ? posix.join(posix.dirname(path), said) : said;
    if (seen.has(name)) continue;
    seen.add(name);
    loaded(name, late, seen);
  }
  return seen;
}

const LIBRARIES = ['zod', 'yaml', 'koffi'];
const librariesOf = (files: ReadonlySet<string>): string[] => LIBRARIES.filter((name) => files.has(name));

test('the agent never loads the checks of cluster.yaml, nor sockets made by libc', () => {
  const all = loaded('src/agent/main.ts', true);
  assert.ok(all.has('src/agent/discover.ts'), 'the test follows import()');
  assert.deepEqual(librariesOf(all), []);
});

test('host0 is begun before the agent has loaded the rest of itself', () => {
  const first = loaded('src/agent/main.ts', false);
  assert.ok(first.has('src/agent/host0.ts'));
  assert.equal(first.has('src/agent/discover.ts'), false);
});

test('the command line and the boot server load no library before they must', () => {
  for (const entry of ['src/cli/main.ts', 'src/host0/main.ts', 'src/host0/start.ts'])
    assert.deepEqual(librariesOf(loaded(entry, false)), [], entry);
});

test('modules of Node that load the whole of fetch when they are imported are not', () => {
  const importers = [...loaded('src/agent/main.ts', true), ...loaded('src/host0/main.ts', true)].filter((path) =>
    /^import (?!type\b).*'node:(http|crypto)'/m.test(byPath.get(path)?.text ?? ''),
  );
  assert.deepEqual(importers, []);
});
