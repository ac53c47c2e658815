import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { freshCache } from '../../test/fixtures/archive.ts';
import { CHUNK, parseManifest } from '../core/image/manifest.ts';
import { Failure } from '../shell/fail.ts';
import { ensure, type Plan } from './cache.ts';
import { describeRelease, releasePlan } from './release.ts';

const quiet = (): void => undefined;
const plan: Plan = {
  name: 'piece',
  inputs: ['file a 1'],
  room: 0,
  make: (folder) => writeFile(join(folder, 'root'), Buffer.alloc(CHUNK + 1, 7)),
};

test('a release holds its files and a manifest that describes them', async (t) => {
  await freshCache(t);
  const sources = { 'images/root.squashfs': { piece: await ensure(plan, quiet), file: 'root' } };
  const described = await describeRelease(sources);
  const { folder } = await ensure(releasePlan(sources, described), quiet);
  const manifest = parseManifest(await readFile(join(folder, 'manifest'), 'utf8'));
  assert.deepEqual(manifest, described.manifest);
  assert.deepEqual([manifest.files[0]?.size, manifest.files[0]?.chunks.length], [CHUNK + 1, 2]);
  assert.equal((await readFile(join(folder, 'images/root.squashfs'))).length, CHUNK + 1);
});

test('a cached file whose content has changed is refused, naming what to remove', async (t) => {
  await freshCache(t);
  const piece = await ensure(plan, quiet);
  const bytes = await readFile(join(piece.folder, 'root'));
  bytes[5] = 8;
  await writeFile(join(piece.folder, 'root'), bytes);
  await assert.rejects(describeRelease({ root: { piece, file: 'root' } }), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(error.message, /root in the cache is damaged/);
    return error.remedy.includes(piece.folder);
  });
});
