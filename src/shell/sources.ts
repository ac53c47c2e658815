import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Unreadable } from '../core/image/disk.ts';
import { heldSource, type Source } from '../core/image/newDrive.ts';

/** Files up to this size are read at once, so that an edit meanwhile changes nothing; larger ones are those of a release. */
const AT_ONCE = 2 ** 20;

/** All files below a folder by their paths in it, sorted: the same folder gives the same order. */
export async function sourcesBelow(root: string, folder = ''): Promise<Source[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const sources: Source[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) sources.push(...(await sourcesBelow(root, path)));
    else if (entry.isFile()) sources.push(await sourceAt(root, path));
  }
  return sources;
}

async function sourceAt(root: string, path: string): Promise<Source> {
  const file = join(root, path);
  const { size } = await stat(file);
  return size > AT_ONCE
    ? { path, size, read: (from, to) => part(file, from, to) }
    : heldSource(path, await readFile(file));
}

async function part(path: string, from: number, to: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(to - from);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    if (bytesRead === bytes.length) return bytes;
    throw new Unreadable(`${path} ends before byte ${to}`);
  } finally {
    await file.close();
  }
}
