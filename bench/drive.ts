import { createHash } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { manifestText } from '../src/core/image/manifest.ts';

const RELEASE = 'r1';

/** Lays out a drive for the boot server: files of these sizes in bytes below `boot/`, for peers too. */
export async function layDrive(folder: string, sizes: Readonly<Record<string, number>>): Promise<void> {
  const manifest = manifestText({ release: RELEASE, files: [] });
  const sha256 = createHash('sha256').update(manifest).digest('hex');
  const files = new Map<string, string | Uint8Array>([
    ['cluster.yaml', 'version: 1\ncluster: { name: bench }\n'],
    ['boot/grubenv', `# GRUB Environment Block\ncurrent=${RELEASE}\ncurrent_manifest=${sha256}\n###`],
    [`boot/releases/${RELEASE}/manifest`, manifest],
  ]);
  for (const [path, content] of files) await put(join(folder, path), content);
  for (const [name, size] of Object.entries(sizes)) await put(join(folder, 'boot', name), pattern(size));
  // Peers give up their rights before they read.
  await chmod(folder, 0o755);
}

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** The same bytes in every run; a prime length, so that no two blocks are alike. */
export function pattern(size: number): Uint8Array {
  const period = Buffer.from(Array.from({ length: 65_521 }, (_, at) => (at * 31 + (at >> 8)) & 0xff));
  return Buffer.alloc(size, period);
}
