import assert from 'node:assert/strict';
import { mkdir, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderFor, freshCache } from '../../test/fixtures/archive.ts';
import { ARCHITECTURES } from '../core/boot/architecture.ts';
import { BUILT_KINDS, LOADER_FILES } from '../core/boot/loaders.ts';
import { loadersResult } from '../core/image/jsonSchema.ts';
import { DEBIAN_LOADERS, LOADER_RECIPES } from '../core/image/recipe/loaders.ts';
import { Failure } from '../shell/fail.ts';
import { pieceOf } from './cache.ts';
import { drivePlan } from './drive.ts';
import { listLoaders, loadersJson } from './listLoaders.ts';
import { builtLoaders, ensureLoader } from './loaders.ts';
import { lockInForce } from './obtain.ts';
import { recordFiles } from './record.ts';
import { toolsOf, toolsPlan } from './tools.ts';

const quiet = (): void => undefined;

/** As a build leaves it behind. */
async function leaveBuilt(cache: string, content: string): Promise<string> {
  const inputs = [`source ipxe 1.0 ${'ab'.repeat(32)}`];
  const { folder } = pieceOf({ name: 'loader-uefi-ia32', inputs });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'snponly-ia32.efi'), content);
  await recordFiles(folder);
  await mkdir(join(cache, 'loaders'), { recursive: true });
  await writeFile(join(cache, 'loaders', 'uefi-ia32'), inputs.join('\n'));
  return join(folder, 'snponly-ia32.efi');
}

test('every kind of firmware that may ask has a loader of Debian, or one that can be built', () => {
  const kinds = new Set([...ARCHITECTURES.values()].flatMap(({ loader }) => loader ?? []));
  const had = new Set<string>([...DEBIAN_LOADERS.map(([kind]) => kind), ...BUILT_KINDS, 'rpi']);
  assert.deepEqual([...kinds].sort(), [...had].sort());
  const names = [...DEBIAN_LOADERS.map(([, file]) => file), ...BUILT_KINDS.map((kind) => LOADER_RECIPES[kind].file)];
  for (const name of names) assert.ok(LOADER_FILES.includes(`loaders/${name}`), name);
});

test('the lock describes compiler and source of every loader that can be built', async () => {
  const lock = await lockInForce();
  for (const kind of BUILT_KINDS) assert.ok((lock.roots[LOADER_RECIPES[kind].root]?.length ?? 0) > 50, kind);
  assert.equal(lock.sources['ipxe']?.version, lock.packages['ipxe']?.version);
  assert.ok(lock.sources['ipxe']?.files.some(({ name }) => name.endsWith('.dsc')));
});

test('with an empty cache all are listed as absent, and nothing is built', async (t) => {
  const cache = await freshCache(t);
  const loaders = await listLoaders();
  loadersResult.parse(loadersJson(loaders));
  assert.equal(loaders.length, DEBIAN_LOADERS.length + BUILT_KINDS.length);
  assert.ok(loaders.every(({ present, from }) => present === undefined && /^ipxe 1\.\S+$/.test(from)));
  assert.deepEqual(await readdir(cache), []);
});

test('a loader that was built is listed with its source, and is part of every drive from then on; a damaged one is missed', async (t) => {
  const path = await leaveBuilt(await freshCache(t), 'a loader');
  const [built] = await builtLoaders();
  assert.deepEqual([built?.path, built?.from], [path, 'ipxe 1.0']);
  const listed = (await listLoaders()).find(({ kind }) => kind === 'uefi-ia32');
  assert.deepEqual(listed?.present, { path, sha256: built?.sha256 });
  const onDrive = async (): Promise<string[]> => {
    const tools = toolsOf(toolsPlan(await lockInForce()));
    const { inputs } = await drivePlan({ release: 'r', sha256: '00'.repeat(32), folder: '/r' }, tools);
    return inputs.filter((line) => line.startsWith('loader '));
  };
  assert.deepEqual(await onDrive(), [`loader snponly-ia32.efi ${built?.sha256}`]);
  await truncate(path, 3);
  assert.deepEqual(await builtLoaders(), []);
  await assert.rejects(onDrive(), /the loader for uefi-ia32 that was built here is damaged or gone/);
});

test('a folder that is no source of iPXE is refused before anything is fetched', async (t) => {
  const cache = await freshCache(t);
  await assert.rejects(ensureLoader('uefi-ia32', folderFor(t), quiet), (error) => {
    return error instanceof Failure && error.exit === 2 && /is no source of iPXE/.test(error.message);
  });
  assert.deepEqual(await readdir(cache), []);
});
