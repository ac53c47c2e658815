import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Disk } from '../core/image/disk.ts';
import { openDisk, sha256 } from './disk.ts';
import { Failure } from './fail.ts';
import { run } from './run.ts';

/** Bytes written at once. */
const PIECE = 4 * 2 ** 20;
/** The table of partitions and the loader: written last, so that a drive that was broken off is none. */
const HEAD = 2 ** 20;
/** A GPT keeps a copy of its table in the last 33 sectors, its header in the very last (UEFI 2.10, 5.3.2). */
const [GPT_SECTORS, GPT_MARK] = [33, 'EFI PART'];
const BROKEN = 'Try another port; if it happens again the stick is broken: take another.';

/** Bytes done of all; called often. */
export type Done = (what: 'writing' | 'reading back', done: number, all: number) => void;

/** Writes an image to a block device or a file, and reads it back from the medium. Gives the SHA-256 of what stands there. */
export async function writeDisk(image: Disk, path: string, done: Done): Promise<string> {
  const file = await openForWriting(path);
  const written = await (async () => {
    try {
      return await writeAll(image, file, path, done);
    } finally {
      await file.close();
    }
  })();
  const read = await readBack(path, image.size, done);
  if (read === written) return written;
  throw new Failure(`${path} gives other bytes back than were written to it`, BROKEN);
}

/** O_EXCL on a device asks Linux to refuse what is mounted or held by another driver (open(2)). */
async function openForWriting(path: string): Promise<FileHandle> {
  const exclusive = (await stat(path).catch(() => undefined))?.isBlockDevice() ? constants.O_EXCL : constants.O_CREAT;
  return open(path, constants.O_RDWR | exclusive, 0o644).catch((cause: NodeJS.ErrnoException) => {
    const [why, remedy] =
      cause.code === 'EBUSY'
        ? ['is in use', 'Unmount it, or end what uses it: see lsblk.']
        : cause.code === 'EACCES' || cause.code === 'EPERM'
          ? ['may not be written by you', 'Try again as root (sudo).']
          : [`cannot be written (${cause.code ?? cause.message})`, BROKEN];
    throw new Failure(`${path} ${why}`, remedy, 1, cause);
  });
}

async function writeAll(image: Disk, file: FileHandle, path: string, done: Done): Promise<string> {
  const hash = createHash('sha256');
  const head = await image.read(0, HEAD);
  hash.update(head);
  try {
    await put(file, new Uint8Array(HEAD), 0);
    await wipeBackupTable(file, path, image.size);
    for (let at = HEAD; at < image.size; at += PIECE) {
      const bytes = await image.read(at, Math.min(PIECE, image.size - at));
      hash.update(bytes);
      await put(file, bytes, at);
      done('writing', at + bytes.length, image.size);
    }
    await file.sync();
    await put(file, head, 0);
    await file.sync();
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause) {
      throw new Failure(`${path} could not be written: ${cause.message}`, BROKEN, 1, cause);
    }
    throw cause;
  }
  return hash.digest('hex');
}

async function put(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}

/** On a stick larger than the image the old table's copy would survive, and some firmware prefers it. */
async function wipeBackupTable(file: FileHandle, path: string, from: number): Promise<void> {
  const disk = await openDisk(path);
  try {
    for (const sector of [512, 4096]) {
      const header = disk.size - sector;
      if (header < from || Buffer.from(await disk.read(header, 8)).toString('latin1') !== GPT_MARK) continue;
      const start = Math.max(from, disk.size - GPT_SECTORS * sector);
      await put(file, new Uint8Array(disk.size - start), start);
    }
  } finally {
    await disk.close();
  }
}

/** dd(1) with nocache and no count drops what Linux holds of a file in memory, so that the medium itself is read. */
async function readBack(path: string, bytes: number, done: Done): Promise<string> {
  await run(['dd', `if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
  const disk = await openDisk(path);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes; at += PIECE) {
      const length = Math.min(PIECE, bytes - at);
      yield await disk.read(at, length);
      done('reading back', at + length, bytes);
    }
  }
  try {
    return await sha256(pieces());
  } finally {
    await disk.close();
  }
}
