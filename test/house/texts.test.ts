import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { Message } from '../../src/core/messages/catalogue.ts';
import { MESSAGES } from '../../src/core/messages.ts';
import { textFiles } from './files.ts';
import { ROOT, isTest, sources } from './sources.ts';

const files = textFiles();

/** Written in two halves, so that this file does not hold what it looks for. */
const FOREIGN = [
  ['../', 'shared'],
  ['/work', '/main'],
  ['/work', '/shared'],
  ['/tmp', '/brief'],
  ['registry.', 'npmjs'],
  ['registry.', 'yarnpkg'],
  ['deb.', 'debian.org'],
  ['snapshot.', 'debian.org'],
  ['archive.', 'ubuntu.com'],
  ['pypi.', 'org'],
].map((halves) => halves.join(''));

test('no file names the workplace it was written at, or a registry', () => {
  const found = files.flatMap(({ path, text }) =>
    FOREIGN.filter((word) => text.includes(word)).map((word) => `${path}: ${word}`),
  );
  assert.deepEqual(found, []);
});

test('the lock file names no place that packages come from', () => {
  const lock = files.find(({ path }) => path === 'package-lock.json');
  assert.ok(lock !== undefined);
  assert.ok(!lock.text.includes('"resolved"'));
});

test('every message of the catalogue is said somewhere', () => {
  const code = sources.filter(({ path }) => !path.startsWith('src/core/messages') && !isTest(path));
  const silent = Object.keys(MESSAGES).filter((id) => !code.some(({ text }) => text.includes(`'${id}'`)));
  assert.deepEqual(silent, []);
});

test('every message says what it means and what to do', () => {
  const poor = Object.entries<Message>(MESSAGES).filter(([id, { text, meaning, action }]) => {
    return !/^[A-Z0-9]+(_[A-Z0-9]+)+$/.test(id) || text === '' || meaning.length < 10 || action === '';
  });
  assert.deepEqual(poor, []);
});

test('links in Markdown lead somewhere', () => {
  const broken = files
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) =>
      Array.from(text.matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g), ([, to = '']) => to)
        .filter((to) => !/^[a-z]+:/.test(to) && !existsSync(join(ROOT, dirname(path), to)))
        .map((to) => `${path} -> ${to}`),
    );
  assert.deepEqual(broken, []);
});

test('documents that the documents and comments name are there', () => {
  const named = files.flatMap(({ path, text }) =>
    Array.from(text.matchAll(/\bdocs\/[\w./-]+\.(?:md|json)\b/g), ([to]) => ({ path, to })),
  );
  const broken = named.filter(({ to }) => !existsSync(join(ROOT, to)));
  assert.deepEqual(
    broken.map(({ path, to }) => `${path}: ${to}`),
    [],
  );
});
