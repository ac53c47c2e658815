import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Disk } from '../core/image/disk.ts';
import { openDisk } from './disk.ts';
import { Failure } from './fail.ts';
import { run } from './run.ts';

/** A disk that a drive is being written to. */
export interface RawDisk extends Disk {
  write(at: number, bytes: Uint8Array): Promise<void>;
  /** Resolved, all that was written is on the medium; and what is read from now on comes from there. */
  settle(): Promise<void>;
}

/** What a person does with a stick that fails. */
export const BROKEN = 'Try another port; if it happens again the stick is broken: take another.';

/** Opens a block device, which nothing else may use meanwhile, or a file, which is made. */
export async function openRaw(path: string): Promise<RawDisk & { close(): Promise<void> }> {
  const file = await openForWriting(path);
  const reading = await openDisk(path).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  return {
    size: reading.size,
    read: (at, length) => reading.read(at, length),
    write: (at, bytes) => told(path, () => put(file, bytes, at)),
    settle: () => told(path, () => settle(file, path)),
    close: async () => {
      await reading.close();
      await file.close();
    },
  };
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

async function put(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}

/** dd(1) with nocache and no count drops what Linux holds of a file in memory, so that the medium itself is read. */
async function settle(file: FileHandle, path: string): Promise<void> {
  await file.sync();
  await run(['dd', `if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
}

async function told(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw new Failure(`${path} could not be written: ${cause.message}`, BROKEN, 1, cause);
  }
}
