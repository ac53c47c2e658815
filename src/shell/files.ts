import {
  appendFile,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  stat,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { Failure } from './fail.ts';
import { HeldFiles, type HoldLimit } from './held.ts';

export interface FileInfo {
  readonly size: number;
  /** Milliseconds since 1970 of its last change. */
  readonly modified: number;
}

/** A file that is being sent. */
export interface OpenFile {
  readonly info: FileInfo;
  /**
   * Bytes `from` up to, not including, `to`: at once where the file is held in memory, else read into `into` or, without it,
   * into memory of their own.
   */
  read(from: number, to: number, into?: Uint8Array): Uint8Array | Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The regular files below one folder. Paths are relative, with `/`. */
export interface Files {
  /** Undefined where there is no such file, or where a link leads out of the folder. */
  info(path: string): Promise<FileInfo | undefined>;
  /** The whole file. */
  bytes(path: string): Promise<Uint8Array>;
  /** Undefined as for `info`. */
  open(path: string): Promise<OpenFile | undefined>;
  /** Bytes `from` up to, not including, `to`. Each piece is there until the next one is asked for. */
  stream(path: string, from: number, to: number): AsyncIterable<Uint8Array>;
  /** Names in a folder, folders with a `/` behind; undefined where there is no such folder. */
  list(path: string): Promise<readonly string[] | undefined>;
}

/** What is small is asked for often. Larger files are read from where they are, which is memory too (docs/decisions/0008). */
const LIMIT: HoldLimit = { each: 4 * 2 ** 20, together: 32 * 2 ** 20 };
/** Bytes handed on at once. */
const PIECE = 512 * 1024;

/** The files below a folder of this machine. */
export function diskFiles(root: string, limit: HoldLimit = LIMIT): Files {
  const held = new HeldFiles(limit);
  const openOne = (path: string): Promise<OpenFile | undefined> => openBelow(root, path, held);
  return {
    info: (path) => infoBelow(root, path),
    open: openOne,
    bytes: async (path) => {
      const file = await opened(openOne, path);
      try {
        return await file.read(0, file.info.size);
      } finally {
        await file.close();
      }
    },
    async *stream(path, from, to) {
      const file = await opened(openOne, path);
      try {
        yield* piecesOf(file, from, to);
      } finally {
        await file.close();
      }
    },
    list: (path) => listBelow(root, path),
  };
}

async function opened(openOne: Files['open'], path: string): Promise<OpenFile> {
  const file = await openOne(path);
  if (file === undefined) throw new Failure(`${path} is gone`, 'Put the file back.');
  return file;
}

async function* piecesOf(file: OpenFile, from: number, to: number): AsyncGenerator<Uint8Array> {
  let room: Uint8Array | undefined;
  for (let at = from; at < to; at += PIECE) {
    const end = Math.min(at + PIECE, to);
    const piece = file.read(at, end, room);
    if (piece instanceof Uint8Array) yield piece;
    else {
      // One stretch of memory for the whole stream: making a new one costs as much as filling it.
      const read = await piece;
      room ??= read;
      yield read;
    }
  }
}

async function openBelow(root: string, path: string, held: HeldFiles): Promise<OpenFile | undefined> {
  const info = await infoBelow(root, path);
  if (info === undefined) return undefined;
  const file = join(root, path);
  const hold = held.take(path, info, () => readFile(file));
  if (hold === undefined) return unheld(path, info, await open(file));
  try {
    const bytes = await hold.bytes;
    return { info, read: (from, to) => bytes.subarray(from, to), close: async () => hold.release() };
  } catch (error) {
    hold.release();
    throw error;
  }
}

const unheld = (path: string, info: FileInfo, handle: FileHandle): OpenFile => ({
  info,
  read: async (from, to, into) => {
    const bytes = into === undefined ? Buffer.allocUnsafeSlow(to - from) : into.subarray(0, to - from);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, from + at);
      if (bytesRead === 0) throw new Failure(`${path} became shorter while it was sent`, 'Replace files by renaming.');
      at += bytesRead;
    }
    return bytes;
  },
  close: () => handle.close(),
});

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

async function listBelow(root: string, path: string): Promise<readonly string[] | undefined> {
  try {
    const [base, real] = await Promise.all([realpath(root), realpath(join(root, path))]);
    if (real !== base && !real.startsWith(base + sep)) return undefined;
    const entries = await readdir(real, { withFileTypes: true });
    return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '');

/** A file that only grows, until it is written anew. */
export interface Journal {
  /** All of it; empty where there is none yet. */
  read(): Promise<string>;
  append(text: string): Promise<void>;
  replace(text: string): Promise<void>;
}

export function fileJournal(path: string): Journal {
  return {
    read: () =>
      readFile(path, 'utf8').catch((error: unknown) => {
        if (isAbsent(error)) return '';
        throw error;
      }),
    append: (text) => appendFile(path, text),
    replace: async (text) => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.new`, text);
      await rename(`${path}.new`, path);
    },
  };
}
