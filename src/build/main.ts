import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../core/image/manifest.ts';
import type { Piece, Tell } from './cache.ts';
import { driveImage } from './drive.ts';
import { hvmLayer } from './hvm.ts';
import { initrd } from './initrd.ts';
import { pxenLayer } from './layer.ts';
import { readLock } from './lock.ts';
import { cacheFolder } from './paths.ts';
import { release } from './release.ts';
import { debianRoot } from './root.ts';
import { toolsRoot, type Tools } from './tools.ts';

/** What travels to a host until it is ready: the wire bytes of Xen, kernel, initrd and root. */
const WIRE = ['xen', 'microcode-amd', 'microcode-intel', 'vmlinuz', 'initrd', 'root.squashfs', 'pxen.squashfs'];

export interface BuiltImage {
  readonly release: string;
  /** Wire bytes until ready. */
  readonly bytes: number;
  /** SHA-256 of the manifest. */
  readonly sha256: string;
  readonly manifest: Manifest;
  readonly folder: string;
  readonly tools: Tools;
  readonly root: Piece;
}

export interface BuiltDrive {
  /** A raw image; never written to, copy it first. */
  readonly path: string;
  readonly bytes: number;
  readonly image: { readonly release: string; readonly bytes: number; readonly sha256: string };
}

/** Builds what is not built yet: the release with all its files. A list that one reads from top to bottom. */
export async function ensureImage(tell: Tell): Promise<BuiltImage> {
  await mkdir(cacheFolder(), { recursive: true });
  const lock = await readLock();
  const tools = await toolsRoot(lock, tell);
  const root = await debianRoot(lock, tools, tell);
  const layer = await pxenLayer(tools, tell);
  const stage1 = await initrd('stage1', root, tools, tell);
  const guest = await initrd('guest', root, tools, tell);
  const hvm = await hvmLayer(lock, tools, tell);
  const from = (piece: Piece, name: string): string => join(piece.folder, name);
  const made = await release(
    {
      xen: from(root, 'xen'),
      'xen.efi': from(root, 'xen.efi'),
      vmlinuz: from(root, 'vmlinuz'),
      'microcode-amd': from(root, 'microcode-amd'),
      'microcode-intel': from(root, 'microcode-intel'),
      initrd: from(stage1, 'initrd'),
      'root.squashfs': from(root, 'root.squashfs'),
      'pxen.squashfs': from(layer, 'pxen.squashfs'),
      'hvm.squashfs': from(hvm, 'hvm.squashfs'),
      'images/hello/vmlinuz': from(root, 'vmlinuz'),
      'images/hello/initrd': from(guest, 'initrd'),
    },
    tell,
  );
  const wire = made.manifest.files.filter((file) => WIRE.includes(file.name));
  const bytes = wire.reduce((sum, file) => sum + file.size, 0);
  return { release: made.manifest.release, bytes, sha256: made.sha256, manifest: made.manifest, folder: made.folder, tools, root };
}

/** The drive with this release on it. */
export async function ensureDrive(tell: Tell): Promise<BuiltDrive> {
  const image = await ensureImage(tell);
  const drive = await driveImage(image, tell);
  return { ...drive, image: { release: image.release, bytes: image.bytes, sha256: image.sha256 } };
}
