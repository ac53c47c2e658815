import assert from 'node:assert/strict';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { folderFor } from '../fixtures/archive.ts';
import { imageResult } from '../../src/core/image/jsonSchema.ts';
import { cacheFolder } from '../../src/build/paths.ts';
import { run } from '../../src/shell/run.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..');
/** What a build reads of a checkout. */
const PARTS = ['src', 'image', 'node_modules', 'package.json', 'package-lock.json', 'pxen', 'lab'];

interface Built {
  readonly manifest: string;
  readonly drive: string;
  readonly image: string;
}

async function build(checkout: string, setting: string): Promise<Built> {
  const command = `${setting}exec "$0" --no-warnings "$1" drive build --yes`;
  const { stdout } = await run(['sh', '-c', command, process.execPath, join(checkout, 'src/cli/main.ts')]);
  const value = (name: string): string => new RegExp(`^${name} +(\\S+)$`, 'm').exec(stdout)?.[1] ?? assert.fail(stdout);
  return { manifest: value('manifest'), drive: value('drive'), image: stdout.trim().split('\n').at(-1) ?? '' };
}

/** The first places where two files differ, so that a failure says where to look. */
async function difference(one: string, other: string): Promise<string> {
  const { stdout } = await run(['sh', '-c', 'cmp -l "$0" "$1" | head -5', one, other]);
  return stdout;
}

/** Name and SHA-256 of every file of the release, by `pxen image explain`. */
async function filesOf(checkout: string, setting: string): Promise<string[]> {
  const command = `${setting}exec "$0" --no-warnings "$1" image explain --json`;
  const { stdout } = await run(['sh', '-c', command, process.execPath, join(checkout, 'src/cli/main.ts')]);
  const { weight } = imageResult.parse(JSON.parse(stdout));
  assert.ok(weight);
  return weight.files.map(({ name, sha256 }) => `${name} ${sha256}`);
}

/** A second cache that has the packages, so that nothing is fetched twice, and nothing else. */
async function secondCache(t: TestContext): Promise<string> {
  const folder = folderFor(t);
  await run(['cp', '-a', join(cacheFolder(), 'debs'), folder]);
  return folder;
}

test('one lock, two folders, two caches, other settings of the machine: the same bytes', async (t) => {
  const base = folderFor(t);
  const [first, second] = [join(base, 'one'), join(base, 'an', 'other', 'place')];
  await mkdir(first);
  await mkdir(join(base, 'an', 'other'), { recursive: true });
  await run(['cp', '-a', ...PARTS.map((part) => join(CHECKOUT, part)), first]);
  const one = await build(first, '');
  const files = await filesOf(first, '');
  await rename(first, second);
  await run(['chmod', '-R', 'go-rwx', join(second, 'src'), join(second, 'image')]);
  const cache = await secondCache(t);
  const settings = `umask 027; export PXEN_CACHE='${cache}' TZ=XYZ-5 LC_ALL=C ZSTD_CLEVEL=1 XZ_OPT=-1; `;
  const other = await build(second, settings);
  t.diagnostic(`manifest ${one.manifest}, drive ${one.drive}`);
  assert.notEqual(one.image, other.image);
  assert.deepEqual(await filesOf(second, settings), files);
  assert.equal(other.manifest, one.manifest);
  assert.equal(other.drive, one.drive, await difference(one.image, other.image));
  assert.equal((await readFile(other.image)).length, (await readFile(one.image)).length);
});
