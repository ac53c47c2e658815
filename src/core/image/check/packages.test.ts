import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Found } from '../fat/volume.ts';
import { packageIndexText } from '../packageIndex.ts';
import { checkPackages } from './packages.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const LAYER = { name: 'htop', file: 'htop-1.squashfs', size: 5, sha256: sha256('layer') };
const INDEX = packageIndexText({ root: sha256(''), layers: [LAYER] });

/** What is said of a drive with these files below `boot/packages/`. */
async function findings(files: Readonly<Record<string, string>>): Promise<string[]> {
  const said: string[] = [];
  const textOf = (path: string): string | undefined => files[path.replace('boot/packages/', '')];
  const file = (path: string): Found | undefined => {
    const text = textOf(path);
    return text === undefined ? undefined : { path, name: path, kind: 'file', size: text.length, cluster: 0 };
  };
  const content = {
    file,
    bytes: async (path: string) => Buffer.from(textOf(path) ?? ''),
    sha256: async (path: string) => sha256(textOf(path) ?? ''),
  };
  await checkPackages(content, (where, what) => void said.push(`${where.replace('boot/packages/', '')}: ${what}`));
  return said;
}

test('layers are held against their index; a drive without any is whole', async () => {
  assert.deepEqual(await findings({}), []);
  assert.deepEqual(await findings({ index: INDEX, [LAYER.file]: 'layer' }), []);
  assert.deepEqual(await findings({ index: INDEX }), ['htop-1.squashfs: it is missing']);
  assert.deepEqual(await findings({ index: INDEX, [LAYER.file]: 'lay' }), [
    'htop-1.squashfs: it has 3 bytes instead of 5',
  ]);
  assert.deepEqual(await findings({ index: INDEX, [LAYER.file]: 'Layer' }), [
    'htop-1.squashfs: its content is damaged',
  ]);
  assert.match((await findings({ index: 'x' }))[0] ?? '', /^index: it cannot be read: line 1/);
});
