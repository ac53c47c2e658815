import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closureOf, type Needs } from './dependencies.ts';

const needs = (depends: string, more: Partial<Needs> = {}): Needs => ({
  depends,
  preDepends: '',
  provides: '',
  ...more,
});
const KNOWN = new Map<string, Needs>([
  ['curl', needs('libc6 (>= 2.34), libcurl4t64 (= 8.14), gone | zlib1g')],
  ['libcurl4t64', needs('libc6, libssl3t64, default-mta | mail-transport-agent')],
  ['libc6', needs('libgcc-s1')],
  ['libgcc-s1', needs('libc6', { preDepends: 'gcc-14-base:amd64' })],
  ['gcc-14-base', needs('')],
  ['libssl3t64', needs('')],
  ['zlib1g', needs('')],
  ['postfix', needs('', { provides: 'mail-transport-agent, default-mta (= 1)' })],
  ['exim4', needs('', { provides: 'mail-transport-agent' })],
  ['htop', needs('')],
]);

test('all that a package needs, through circles, alternatives and what stands in for a name', () => {
  assert.deepEqual(closureOf('curl', KNOWN), [
    'curl',
    'gcc-14-base',
    'libc6',
    'libcurl4t64',
    'libgcc-s1',
    'libssl3t64',
    'postfix',
    'zlib1g',
  ]);
  assert.deepEqual(closureOf('htop', KNOWN), ['htop']);
  assert.deepEqual(closureOf('unknown', KNOWN), []);
});

test('the order in which packages are known changes nothing', () => {
  const other = new Map([...KNOWN].toReversed());
  for (const name of KNOWN.keys()) assert.deepEqual(closureOf(name, other), closureOf(name, KNOWN));
});
