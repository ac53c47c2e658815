import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EPOCH } from '../core/image/recipe.ts';
import { piece, type Piece, type Tell } from './cache.ts';
import { hashLines } from './inputs.ts';
import { CHECKOUT } from './paths.ts';
import type { Tools } from './tools.ts';

/**
 * An initrd: busybox, the modules that the root kept for it, and the scripts of `image/<name>`. `name` is `stage1` for the
 * hosts, `guest` for the small guest of the lab.
 */
export async function initrd(name: 'stage1' | 'guest', root: Piece, tools: Tools, tell: Tell): Promise<Piece> {
  const scripts = join(CHECKOUT, 'image', name);
  const inputs = [`tools ${tools.key}`, `root ${root.key}`, ...(await hashLines(scripts, `image/${name}/`))];
  return piece(`initrd-${name}`, inputs, tell, async (fresh) => {
    const tree = join(fresh, 'tree');
    await cp(join(root.folder, name), tree, { recursive: true, verbatimSymlinks: true });
    for (const folder of ['bin', 'proc', 'sys', 'dev', 'run', 'mnt', 'new']) await mkdir(join(tree, folder));
    await cp(join(root.folder, 'busybox'), join(tree, 'bin', 'busybox'));
    await cp(scripts, tree, { recursive: true, verbatimSymlinks: true });
    await tools.run(['sh', '-c', PACK], { out: fresh, scripts: join(CHECKOUT, 'image', 'build') });
  });
}

const PACK = [
  'set -e',
  'cd /work/out/tree/bin && for name in $(./busybox --list); do [ "$name" = busybox ] || ln -s busybox "$name"; done',
  // zstd: the kernel unpacks it fastest; one thread, since several give other bytes.
  `/work/scripts/cpio.sh /work/out/tree ${EPOCH} | zstd -19 --single-thread -q -o /work/out/initrd`,
  'rm -rf /work/out/tree',
].join('\n');
