import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderFor, freshCache } from '../../test/fixtures/archive.ts';
import type { LockedSource } from '../core/image/lock.ts';
import { Failure } from '../shell/fail.ts';
import type { SourceArchive } from './packages.ts';
import { fetchSource } from './source.ts';

const FILES = { 'a.dsc': 'description', 'a.tar.xz': 'archive' };
const source: LockedSource = {
  name: 'a',
  version: '1',
  files: Object.entries(FILES).map(([name, content]) => {
    return { name, sha256: createHash('sha256').update(content).digest('hex'), size: content.length };
  }),
};

const quiet = (): void => undefined;

/** Gives these files, and then ends as told. */
function fakeSources(files: Readonly<Record<string, string>>, end?: Error): SourceArchive & { asked: number } {
  const archive = {
    asked: 0,
    source: async () => source,
    downloadSource: async (_source: LockedSource, folder: string) => {
      archive.asked += 1;
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
      if (end !== undefined) throw end;
    },
  };
  return archive;
}

const offer = (...archives: readonly SourceArchive[]) => archives.map((archive) => async () => archive);

test('a source comes from the archive, then from the cache', async (t) => {
  const [, archive] = [await freshCache(t), fakeSources(FILES)];
  for (const name of ['first', 'second']) {
    const folder = join(folderFor(t), name);
    await fetchSource(source, folder, quiet, offer(archive));
    assert.deepEqual(readdirSync(folder), ['a.dsc', 'a.tar.xz']);
    assert.equal(readFileSync(join(folder, 'a.tar.xz'), 'utf8'), 'archive');
  }
  assert.equal(archive.asked, 1);
});

test('what one archive lacks comes from the next; what arrived is kept', async (t) => {
  const folder = join(folderFor(t), 'source');
  await freshCache(t);
  const first = fakeSources({ 'a.dsc': FILES['a.dsc'] }, new Error('404'));
  await fetchSource(source, folder, quiet, offer(first, fakeSources({ 'a.tar.xz': FILES['a.tar.xz'] })));
  assert.deepEqual(readdirSync(folder), ['a.dsc', 'a.tar.xz']);
});

test("an archive's reason, or its other bytes, become one sentence that names the files and what to do", async (t) => {
  await freshCache(t);
  const gone = new Failure('apt-get source ended with 100: E: Failed to fetch it  404\nE: more', 'See what it said.');
  for (const [archive, why] of [
    [fakeSources({}, gone), /^the source of a 1 cannot be had \(a\.dsc, a\.tar\.xz\): Failed to fetch it {2}404$/],
    [fakeSources({ ...FILES, 'a.dsc': 'other' }), /cannot be had \(a\.dsc\): no archive gave the bytes that the lock/],
  ] as const) {
    await assert.rejects(fetchSource(source, join(folderFor(t), 'source'), quiet, offer(archive)), (error) => {
      assert.ok(error instanceof Failure);
      assert.match(error.message, why);
      assert.match(error.remedy, /PXEN_SNAPSHOT.*--source FOLDER/);
      return true;
    });
  }
});
