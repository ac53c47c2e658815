import { readSync } from 'node:fs';
import { open, readdir, realpath, stat, statfs, type FileHandle } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join, sep } from 'node:path';
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
  /** All its bytes, where it is held in memory: all threads share it. */
  readonly held?: Uint8Array;
  /** Its descriptor, where it is not held because it lies in RAM anyway: reading it keeps nobody waiting. */
  readonly inRam?: number;
  /**
   * Bytes `from` up to, not including, `to`: at once where the file is held in memory, else read into `into` or, without it,
   * into memory of their own; at once, too, where they are few and lie in RAM. Throws or rejects where the file is shorter.
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

/**
 * Where the files lie in RAM, as on host0, holding them would double what they take: only what is small, and asked for often
 * by TFTP, is held. Elsewhere all is held that fits into a part of the memory (docs/decisions, held files).
 */
const LIMIT_IN_RAM: HoldLimit = { each: 4 * 2 ** 20, together: 32 * 2 ** 20 };
const MOST_HELD = 2 ** 30;
const TMPFS_MAGIC = 0x0102_1994;

/** Where files lie, and those of them that are held. */
interface Store {
  readonly root: string;
  readonly held: HeldFiles;
  readonly isInRam: boolean;
}

async function storeAt(root: string, limit: HoldLimit | undefined): Promise<Store> {
  // A folder that is not there yet has no files to hold.
  const { type } = await statfs(root).catch(() => ({ type: TMPFS_MAGIC }));
  const isInRam = type === TMPFS_MAGIC;
  const together = Math.min(Math.floor(totalmem() / 4), MOST_HELD);
  const usual = isInRam ? LIMIT_IN_RAM : { each: together, together };
  return { root, held: new HeldFiles(limit ?? usual), isInRam };
}

/** Bytes handed on at once: of held files; and read at once of others, little enough to stay in the processor's cache. */
const SLICE = 4 * 2 ** 20;
const PIECE = 256 * 1024;

/** The files below a folder of this machine; `limit` where it is not to be chosen by where the folder lies. */
export function diskFiles(root: string, limit?: HoldLimit): Files {
  let making: Promise<Store> | undefined;
  const openOne = async (path: string): Promise<OpenFile | undefined> =>
    openBelow(await (making ??= storeAt(root, limit)), path);
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

/** A stretch of a file in pieces, each of which is there until the next one is asked for. */
export async function* piecesOf(file: OpenFile, from: number, to: number): AsyncGenerator<Uint8Array> {
  let room: Uint8Array | undefined;
  const step = file.held === undefined ? PIECE : SLICE;
  for (let at = from; at < to; at += step) {
    const end = Math.min(at + step, to);
    const piece = file.read(at, end, room);
    const read = piece instanceof Uint8Array ? piece : await piece;
    // One stretch of memory for the whole stream: making a new one costs as much as filling it.
    if (file.held === undefined) room ??= read;
    yield read;
  }
}

async function openBelow({ root, held, isInRam }: Store, path: string): Promise<OpenFile | undefined> {
  const info = await infoBelow(root, path);
  if (info === undefined) return undefined;
  const file = join(root, path);
  const hold = held.take(path, info, () => readShared(path, file, info.size));
  if (hold === undefined) return unheld(path, info, await open(file), isInRam);
  try {
    const bytes = await hold.bytes;
    return { info, held: bytes, read: (from, to) => bytes.subarray(from, to), close: async () => hold.release() };
  } catch (error) {
    hold.release();
    throw error;
  }
}

async function readShared(path: string, file: string, size: number): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    return await filled(path, handle, new Uint8Array(new SharedArrayBuffer(size)), 0);
  } finally {
    await handle.close();
  }
}

const unheld = (path: string, info: FileInfo, handle: FileHandle, isInRam: boolean): OpenFile => ({
  info,
  ...(isInRam ? { inRam: handle.fd } : {}),
  read(from, to, into) {
    const bytes = into === undefined ? Buffer.allocUnsafeSlow(to - from) : into.subarray(0, to - from);
    return isInRam && bytes.length <= PIECE
      ? filledAtOnce(path, handle.fd, bytes, from)
      : filled(path, handle, bytes, from);
  },
  close: () => handle.close(),
});

/** From RAM: to have another thread do it would take longer than it takes. */
function filledAtOnce(path: string, descriptor: number, bytes: Uint8Array, from: number): Uint8Array {
  if (readSync(descriptor, bytes, 0, bytes.length, from) < bytes.length) throw shortened(path);
  return bytes;
}

async function filled(path: string, handle: FileHandle, bytes: Uint8Array, from: number): Promise<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, from + at);
    if (bytesRead === 0) throw shortened(path);
    at += bytesRead;
  }
  return bytes;
}

const shortened = (path: string): Failure =>
  new Failure(`${path} became shorter while it was sent`, 'Replace files by renaming.');

async function infoBelow(root: string, path: string): Promise<FileInfo | undefined> {
  try {
    const [base, real] = await Promise.all([realpath(root), realpath(join(root, path))]);
    if (!real.startsWith(base + sep)) return undefined;
    const found = await stat(real);
    return found.isFile() ? { size: found.size, modified: found.mtimeMs } : undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw refused(join(root, path), error);
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
    throw refused(join(root, path), error);
  }
}

const refused = (path: string, error: unknown): unknown =>
  (error as NodeJS.ErrnoException).code === 'EACCES'
    ? new Failure(`${path} may not be read by you`, 'Run as root, or let this user read it.', 1, error)
    : error;

const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '');
