import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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

test('the boot server is begun by systemd, at once and without the agent', () => {
  const unit = (name: string): string => readFileSync(`image/host/usr/lib/systemd/system/${name}`, 'utf8');
  assert.match(unit('pxen.target'), /^Wants=.*\bpxen-host0\.service\b/m);
  assert.match(unit('pxen-host0.service'), /^DefaultDependencies=no$/m);
  assert.doesNotMatch(unit('pxen-host0.service'), /^(After|Requires|BindsTo)=/m);
  assert.equal(
    loaded('src/agent/main.ts', false).has('src/agent/discover.ts'),
    false,
    'the agent says at once that it runs',
  );
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
