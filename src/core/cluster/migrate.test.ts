import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { editedText } from './edit.ts';
import { migrated, MIGRATIONS, VERSION, versionIn, type Migration } from './migrate.ts';
import { parseCluster } from './read.ts';

const VECTORS = new URL('../../../test/vectors/cluster/migrate/', import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(name, VECTORS), 'utf8');

/** A version that never was: the cluster's name stood by itself. */
const MADE_UP: Migration = {
  from: 0,
  edit: (text) => {
    const name = /^name: (\S+)/m.exec(text)?.[1] ?? '';
    const moved = editedText(editedText(text, ['cluster'], { name }), ['name'], undefined);
    return editedText(moved, ['version'], 1);
  },
};

test('a file of an older version is brought forward with its comments and its order', () => {
  const text = migrated(textOf('version-0.yaml'), [MADE_UP]);
  assert.equal(text, textOf('version-0-migrated.yaml'));
  assert.ok('cluster' in parseCluster(text, 'f'));
});

test('an old file is read as it would be once it is brought forward, and is not changed for that', () => {
  const reading = parseCluster(textOf('version-0.yaml'), 'f', [MADE_UP]);
  assert.ok('cluster' in reading);
  assert.deepEqual([reading.cluster.cluster.name, reading.cluster.hosts.length], ['lab', 1]);
});

test('what no program can bring forward is a mistake with its place', () => {
  const reading = parseCluster('version: 0\n? [a]\n: b\n', 'f', [MADE_UP]);
  assert.ok('mistakes' in reading);
});

test('a file of this version stays as it is, and so does one that is newer or says nothing', () => {
  for (const text of ['version: 1\nname: x\n', 'version: 2\nname: x\n', 'name: x\n', ''])
    assert.equal(migrated(text, [MADE_UP]), text);
});

test('the version is read where it stands at the head of a line, whatever the editor left about it', () => {
  assert.deepEqual(
    ['\uFEFFversion: 0\r\nx: 1', '# c\nversion:  12  # c\n', 'a: { version: 0 }', 'version: "0"'].map(versionIn),
    [0, 12, undefined, undefined],
  );
});

test('the table leads from each of its versions to the next, and ends where this pxen reads', () => {
  MIGRATIONS.forEach(({ from }, at) => assert.equal(from, VERSION - MIGRATIONS.length + at));
});
