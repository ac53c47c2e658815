import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EPOCH } from '../core/image/recipe/packages.ts';
import type { Piece, Plan } from './cache.ts';
import { hashLines } from './inputs.ts';
import { CHECKOUT, SCRIPTS } from './paths.ts';
import type { Tools } from './tools.ts';

/**
 * An initrd: busybox, the modules that the root kept for it, and the scripts of `image/<name>`. `name` is `stage1` for the
 * hosts, `guest` for the small guest of the lab. Stage 1 has its modules in a squashfs that becomes a layer of the root: they
 * are neither unpacked whole at the start nor carried by the root again.
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
      await tools.run(['sh', '-c', name === 'stage1' ? `${DRIVERS}\n${PACK}` : PACK], { out: fresh, scripts: SCRIPTS });
    },
  };
}

// Blocks larger than the root's: drivers are alike, and few of them are read.
const DRIVERS = [
  'set -e',
  'cd /work/out/tree && mkdir ../drivers && mv usr ../drivers/ && rm lib && ln -s run/drivers/usr/lib lib',
  'chmod -R u=rwX,go=rX ../drivers',
  `env -u SOURCE_DATE_EPOCH mksquashfs ../drivers drivers.squashfs -comp zstd -Xcompression-level 22 -b 1M -noappend -no-progress -quiet -no-xattrs -all-root -all-time ${EPOCH} -mkfs-time ${EPOCH}`,
  'rm -rf ../drivers',
].join('\n');

const PACK = [
  'set -e',
  'cd /work/out/tree/bin && for name in $(./busybox --list); do [ "$name" = busybox ] || ln -s busybox "$name"; done',
  // A checkout's modes follow the umask of whoever made it; an image's do not.
  'chmod -R u=rwX,go=rX /work/out/tree',
  // zstd: the kernel unpacks it fastest; one thread, since several give other bytes.
  `/work/scripts/cpio.sh /work/out/tree ${EPOCH} | zstd -19 --single-thread -q -o /work/out/initrd`,
  'rm -rf /work/out/tree',
].join('\n');
