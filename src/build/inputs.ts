import { lstat, readdir, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileHash } from './record.ts';

/** Every file and link below a folder, sorted, with paths relative to it. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** One line a file, with mode and hash: what a cache key is made of. */
export async function hashLines(folder: string, name = ''): Promise<string[]> {
  const lines: string[] = [];
  for (const file of await filesBelow(folder)) {
    const path = join(folder, file);
    const status = await lstat(path);
    const content = status.isSymbolicLink() ? `-> ${await readlink(path)}` : await fileHash(path);
    lines.push(`file ${name}${file} ${(status.mode & 0o111) === 0 ? 'plain' : 'program'} ${content}`);
  }
  return lines;
}
