import { open, type FileHandle } from 'node:fs/promises';
import { Unreadable, type Disk, type Sha256 } from '../core/image/disk.ts';
import { createHash } from './builtin.ts';
import { Failure } from './fail.ts';

/** A block device or the image of one, opened for reading until `close`. */
export interface OpenDisk extends Disk {
  close(): Promise<void>;
}

/** Opens a block device or a regular file. Throws Failure for what is not there or cannot be read. */
export async function openDisk(path: string): Promise<OpenDisk> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(path, cause);
  });
  try {
    return {
      size: await sizeOf(file, path),
      read: (at, length) => read(file, path, at, length),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

const NAMES = 'Look at its name; lsblk shows the devices that are plugged in.';
const REASONS: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  ENOENT: ['is not there', NAMES],
  EACCES: ['may not be read by you', 'Try again as root (sudo).'],
  EPERM: ['may not be read by you', 'Try again as root (sudo).'],
  ENOMEDIUM: ['has no medium in it', 'Put the drive in.'],
  ENXIO: ['has no device behind it', NAMES],
};

function unreadable(path: string, cause: NodeJS.ErrnoException): Failure {
  const code = cause.code ?? cause.message;
  const [why, remedy] = REASONS[code] ?? [`cannot be read (${code})`, 'Try another port, or another drive.'];
  return new Failure(`${path} ${why}`, remedy, 2, cause);
}

/** The length of a file; of a device, whose status gives none, where reading ends. */
async function sizeOf(file: FileHandle, path: string): Promise<number> {
  const status = await file.stat();
  if (status.isFile()) return status.size;
  if (!status.isBlockDevice()) {
    throw new Failure(`${path} is neither a file nor a block device`, 'Name a drive (/dev/sdX) or its image.', 2);
  }
  return deviceSize(file);
}

const PROBE = 512;
/** More than any device has: 2^50 bytes. */
const LARGEST = 2 ** 50;

/** Halves until the last sector is found that can be read: ioctls are not for Node, and lsblk need not be there. */
async function deviceSize(file: FileHandle): Promise<number> {
  let [below, above] = [0, LARGEST / PROBE];
  while (below < above) {
    const middle = Math.floor((below + above) / 2);
    const { bytesRead } = await file.read(Buffer.alloc(PROBE), 0, PROBE, middle * PROBE);
    if (bytesRead === PROBE) below = middle + 1;
    else above = middle;
  }
  return below * PROBE;
}

async function read(file: FileHandle, path: string, at: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const place = at + done;
    const { bytesRead } = await file.read(bytes, done, length - done, place).catch((cause: NodeJS.ErrnoException) => {
      throw new Unreadable(`${path} cannot be read at byte ${place} (${cause.code ?? cause.message})`);
    });
    if (bytesRead === 0) throw new Unreadable(`${path} ends at byte ${place}, before byte ${at + length}`);
    done += bytesRead;
  }
  return bytes;
}

export const sha256: Sha256 = async (pieces) => {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
};
