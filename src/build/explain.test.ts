import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { freshCache } from '../../test/fixtures/archive.ts';
import { imageResult } from '../core/image/jsonSchema.ts';
import { explainImage, imageJson } from './explain.ts';

test('with an empty cache every piece is explained, and none is built', async (t) => {
  const cache = await freshCache(t);
  const explained = await explainImage();
  const { pieces, release, root } = explained;
  imageResult.parse(imageJson(explained));
  const names = ['tools', 'root', 'layer', 'initrd-stage1', 'initrd-guest', 'hvm', 'release', 'drive'];
  assert.deepEqual(
    pieces.map(({ name }) => name),
    names,
  );
  for (const { name, cached, why } of pieces) {
    const waits = name === 'release' || name === 'drive';
    assert.equal(cached, false);
    assert.match(why, waits ? /^it waits for tools, root, / : /^it was never built here$/);
  }
  const made = pieces.find(({ name }) => name === 'root')?.inputs;
  assert.ok(made !== undefined && (made['package'] ?? 0) > 100 && made['node'] === 1);
  assert.deepEqual([release, root, await readdir(cache)], [undefined, [], []]);
});
