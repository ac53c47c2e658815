import type { Lock } from '../core/image/lock.ts';
import { pieceOf, type Piece, type Plan } from './cache.ts';
import { hvmPlan } from './hvm.ts';
import { initrdPlan } from './initrd.ts';
import { layerPlan } from './layer.ts';
import type { Sources } from './release.ts';
import { rootPlan } from './root.ts';
import { toolsOf, toolsPlan, type Tools } from './tools.ts';

/** The pieces of a release in the order in which they are built. */
export async function planPieces(lock: Lock): Promise<{ all: Plan[]; tools: Tools }> {
  const toolsRoot = toolsPlan(lock);
  const tools = toolsOf(toolsRoot);
  const root = await rootPlan(lock, tools);
  const layer = await layerPlan(tools);
  const stage1 = await initrdPlan('stage1', pieceOf(root), tools);
  const guest = await initrdPlan('guest', pieceOf(root), tools);
  const hvm = await hvmPlan(lock, tools);
  return { all: [toolsRoot, root, layer, stage1, guest, hvm], tools };
}

/** Which file of which piece becomes which file of the release. */
const FILES = {
  xen: ['root', 'xen'],
  'xen.efi': ['root', 'xen.efi'],
  vmlinuz: ['root', 'vmlinuz'],
  'microcode-amd': ['root', 'microcode-amd'],
  'microcode-intel': ['root', 'microcode-intel'],
  initrd: ['initrd-stage1', 'initrd'],
  'root.squashfs': ['root', 'root.squashfs'],
  'pxen.squashfs': ['layer', 'pxen.squashfs'],
  'hvm.squashfs': ['hvm', 'hvm.squashfs'],
  'images/hello/vmlinuz': ['root', 'vmlinuz'],
  'images/hello/initrd': ['initrd-guest', 'initrd'],
} as const;

/** Where the files of a release come from. */
export function sourcesOf(pieceOf: (name: string) => Piece | undefined): Sources & Record<'xen', Sources[string]> {
  const entries = Object.entries(FILES).map(([name, [from, file]]) => {
    const piece = pieceOf(from);
    if (piece === undefined) throw new Error(`no piece ${from} for ${name}`);
    return [name, { piece, file }] as const;
  });
  return Object.fromEntries(entries) as ReturnType<typeof sourcesOf>;
}
