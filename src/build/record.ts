import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesBelow } from './inputs.ts';

/** The tools root: it is used, and so may change (caches of its programs). */
const LIVING = 'root/';

const recordOf = (folder: string): string => `${folder}.files`;

/** What a finished piece holds, by name: bytes, and SHA-256 in hex. Stands beside its folder. */
export async function recordFiles(folder: string, name = folder): Promise<void> {
  const lines: string[] = [];
  for (const file of await filesBelow(folder)) {
    const path = join(folder, file);
    const { size, ...status } = await lstat(path);
    if (file.startsWith(LIVING) || (status.mode & 0o170000) !== 0o100000) continue;
    lines.push(`${size} ${await fileHash(path)} ${file}`);
  }
  await writeFile(recordOf(name), `${lines.join('\n')}\n`);
}

interface Recorded {
  readonly size: number;
  readonly sha256: string;
}

/** What was recorded; undefined where nothing was, or the record itself is damaged. */
export async function readRecord(folder: string): Promise<ReadonlyMap<string, Recorded> | undefined> {
  const text = await readFile(recordOf(folder), 'utf8').catch(() => undefined);
  if (text === undefined || !text.endsWith('\n')) return undefined;
  const files = Array.from(text.matchAll(/^(\d+) ([0-9a-f]{64}) (.+)$/gm), ([, size, sha256 = '', name = '']) => {
    return [name, { size: Number(size), sha256 }] as const;
  });
  return new Map(files);
}

/** What is wrong with a finished piece, by the sizes of its files; undefined where nothing is. */
export async function damageOf(folder: string): Promise<string | undefined> {
  const record = await readRecord(folder);
  if (record === undefined) return 'the one in the cache has no record of its files';
  for (const [name, { size }] of record) {
    const found = await lstat(join(folder, name)).catch(() => undefined);
    if (found === undefined) return `the one in the cache is damaged: ${name} is missing`;
    if (found.size !== size)
      return `the one in the cache is damaged: ${name} has ${found.size} bytes instead of ${size}`;
  }
  return undefined;
}

/** SHA-256 of a file's bytes, hex. */
export async function fileHash(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(file, { highWaterMark: 2 ** 20 })) hash.update(bytes as Buffer);
  return hash.digest('hex');
}
