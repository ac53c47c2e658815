import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../net/bytes.ts';
import { layersFor, packageIndexText, parsePackageIndex } from './packageIndex.ts';

const layer = (name: string) => ({ name, file: `${name}-0a1b2c3d4e.squashfs`, size: 4096, sha256: 'ab'.repeat(32) });
const INDEX = { root: 'cd'.repeat(32), layers: [layer('htop'), layer('g++-14')] };

test('an index is read as it was written', () => {
  assert.deepEqual(parsePackageIndex(packageIndexText(INDEX)), INDEX);
  assert.deepEqual(parsePackageIndex(packageIndexText({ ...INDEX, layers: [] })).layers, []);
});

test('what is no index, cut off anywhere, or leads out of its folder is refused with its line', () => {
  const text = packageIndexText(INDEX);
  for (let length = 0; length < text.length; length += 1)
    assert.throws(() => parsePackageIndex(text.slice(0, length)), DecodeError, `${length} characters`);
  for (const odd of ['../x.squashfs', 'a/b.squashfs', '.squashfs', 'x.squashfs 1'])
    assert.throws(
      () => parsePackageIndex(text.replace('htop-0a1b2c3d4e.squashfs', odd)),
      /line 3: .* is no layer/,
      odd,
    );
  assert.throws(() => parsePackageIndex(`${text}more\n`), DecodeError);
});

test('of what is wanted, what there is and what is missing', () => {
  const { found, missing } = layersFor(INDEX, ['tree', 'g++-14', 'htop']);
  assert.deepEqual([found.map(({ name }) => name), missing], [['g++-14', 'htop'], ['tree']]);
});
