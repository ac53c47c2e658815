import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EPOCH } from '../core/image/recipe/packages.ts';
import type { Piece, Plan } from './cache.ts';
import { hashLines } from './inputs.ts';
import { CHECKOUT, SCRIPTS } from './paths.ts';
import type { Tools } from './tools.ts';

/**
 * An initrd: busybox, the modules that the root kept for it, and the scripts of `image/<name>`. `name` is `stage1` for the
 * hosts, `guest` for the small guest of the lab.
 */
export async function initrdPlan(name: 'stage1' | 'guest', root: Piece, tools: Tools): Promise<Plan> {
  const scripts = join(CHECKOUT, 'image', name);
  return {
    name: `initrd-${name}`,
    inputs: [`tools ${tools.key}`, `root ${root.key}`, ...(await hashLines(scripts, `image/${name}/`))],
    room: 0.05e9,
    make: async (fresh) => {
      const tree = join(fresh, 'tree');
      await cp(join(root.folder, name), tree, { recursive: true, verbatimSymlinks: true });
      for (const folder of ['bin', 'proc', 'sys', 'dev', 'run', 'mnt', 'new']) await mkdir(join(tree, folder));
      await cp(join(root.folder, 'busybox'), join(tree, 'bin', 'busybox'));
      await cp(scripts, tree, { recursive: true, verbatimSymlinks: true });
      await tools.run(['sh', '-c', PACK], { out: fresh, scripts: SCRIPTS });
    },
  };
}

const PACK = [
  'set -e',
  'cd /work/out/tree/bin && for name in $(./busybox --list); do [ "$name" = busybox ] || ln -s busybox "$name"; done',
  // A checkout's modes follow the umask of whoever made it; an image's do not.
  'chmod -R u=rwX,go=rX /work/out/tree',
  // zstd: the kernel unpacks it fastest; one thread, since several give other bytes.
  `/work/scripts/cpio.sh /work/out/tree ${EPOCH} | zstd -19 --single-thread -q -o /work/out/initrd`,
  'rm -rf /work/out/tree',
].join('\n');
