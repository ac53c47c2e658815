import { createReadStream } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

export interface FileInfo {
  readonly size: number;
  /** Milliseconds since 1970 of its last change. */
  readonly modified: number;
}

/** The regular files below one folder. Paths are relative, with `/`. */
export interface Files {
  /** Undefined where there is no such file, or where a link leads out of the folder. */
  info(path: string): Promise<FileInfo | undefined>;
  /** The whole file, held for the next who asks if it is small. */
  bytes(path: string): Promise<Uint8Array>;
  /** Bytes `from` up to, not including, `to`. */
  stream(path: string, from: number, to: number): AsyncIterable<Uint8Array>;
}

/** Bytes of files up to which they are held in memory, each and together. */
const HELD = { each: 4 * 2 ** 20, together: 32 * 2 ** 20 } as const;
/** Bytes read at once. Of 64 KiB each, twice the time goes by; larger ones than this gain nothing. */
const PIECE = 256 * 1024;

interface Held {
  readonly info: FileInfo;
  readonly bytes: Promise<Uint8Array>;
}

/** The files below a folder of this machine. */
export function diskFiles(root: string): Files {
  const held = new Map<string, Held>();
  const info = (path: string): Promise<FileInfo | undefined> => infoBelow(root, path);
  return {
    info,
    async bytes(path) {
      const now = await info(path);
      const before = held.get(path);
      if (before !== undefined && now !== undefined && isSame(before.info, now)) return before.bytes;
      const bytes = readFile(join(root, path));
      if (now !== undefined) hold(held, path, { info: now, bytes });
      return bytes;
    },
    stream: (path, from, to) => createReadStream(join(root, path), { start: from, end: to - 1, highWaterMark: PIECE }),
  };
}

const isSame = (one: FileInfo, other: FileInfo): boolean => one.size === other.size && one.modified === other.modified;

function hold(held: Map<string, Held>, path: string, file: Held): void {
  if (file.info.size > HELD.each) return;
  held.set(path, file);
  let sum = [...held.values()].reduce((total, one) => total + one.info.size, 0);
  for (const [oldest, one] of held) {
    if (sum <= HELD.together || oldest === path) continue;
    held.delete(oldest);
    sum -= one.info.size;
  }
  // What could not be read must not be held.
  file.bytes.catch(() => held.delete(path));
}

async function infoBelow(root: string, path: string): Promise<FileInfo | undefined> {
  try {
    const [base, real] = await Promise.all([realpath(root), realpath(join(root, path))]);
    if (!real.startsWith(base + sep)) return undefined;
    const found = await stat(real);
    return found.isFile() ? { size: found.size, modified: found.mtimeMs } : undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '');
