import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { SLOT_BYTES, SLOTS } from '../core/image/layout.ts';
import { openDisk } from './disk.ts';
import { Failure, sentenceOf } from './fail.ts';
import type { Run } from './run.ts';
import { forget, withVolume } from './volume.ts';

/** The slots of one drive, for reading and for writing in place. */
export interface Slots {
  readonly names: readonly string[];
  /** The whole slot, from the medium itself and not from what Linux remembers of it. */
  read(name: string): Promise<Uint8Array>;
  /** Writes bytes at this offset of a slot; resolved, they are on the medium. Neither its size nor its place changes. */
  write(name: string, at: number, bytes: Uint8Array): Promise<void>;
}

/** Bytes of a file that lie together. */
interface Stretch {
  readonly file: string;
  readonly at: number;
  readonly bytes: number;
}

/**
 * The slots of a folder laid out like a drive, of the image of a drive, or of a device. A device is written where the
 * clusters of a slot lie, without mounting it: mounting would mark the volume as dirty, and put a time into a folder, and
 * each of these is a sector that a power cut can tear. `names`: other files of one size, in place of the slots of the state.
 */
export function openSlots(path: string, run: Run, names = SLOTS, size = SLOT_BYTES): Slots {
  return {
    names,
    read: async (name) => {
      const places = await placesOf(path, name, size);
      await forget(places[0]?.file ?? path, run);
      const parts = await Promise.all(places.map(readStretch));
      return Buffer.concat(parts);
    },
    write: async (name, at, bytes) => {
      for (const stretch of cut(await placesOf(path, name, size), at, bytes.length)) {
        await writeStretch(stretch, bytes.subarray(stretch.from, stretch.from + stretch.bytes));
      }
    },
  };
}

async function placesOf(path: string, name: string, wanted: number): Promise<readonly Stretch[]> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  const places = isFolder ? await inFolder(join(path, name)) : await onVolume(path, name);
  const size = places.reduce((sum, { bytes }) => sum + bytes, 0);
  if (size === wanted) return places;
  throw new Failure(`${name} of ${path} has ${size} bytes instead of ${wanted}`, 'Write the drive anew.');
}

async function inFolder(file: string): Promise<readonly Stretch[]> {
  const status = await stat(file).catch((cause: unknown) => {
    throw new Failure(`${file} is not there`, 'Write the drive anew: pxen drive write DEVICE.', 1, cause);
  });
  return [{ file, at: 0, bytes: status.size }];
}

/** Looked up each time: a drive that was put back may be another one. */
const onVolume = (file: string, name: string): Promise<readonly Stretch[]> =>
  withVolume(file, (volume, find) => {
    const found = find(name);
    if (found === undefined) throw new Failure(`${file} has no ${name}`, 'Write the drive anew.');
    return volume.places(found).map(({ at, bytes }) => ({ file, at, bytes }));
  });

/** Which part of the bytes goes to which stretch. */
function cut(places: readonly Stretch[], at: number, length: number): (Stretch & { readonly from: number })[] {
  let before = 0;
  return places.flatMap(({ file, at: place, bytes }) => {
    const [from, to] = [Math.max(at, before), Math.min(at + length, before + bytes)];
    const start = place + from - before;
    before += bytes;
    return from < to ? [{ file, at: start, bytes: to - from, from: from - at }] : [];
  });
}

async function readStretch({ file, at, bytes }: Stretch): Promise<Uint8Array> {
  const disk = await openDisk(file);
  try {
    return await disk.read(at, bytes);
  } finally {
    await disk.close();
  }
}

/** The last write that was begun: one that has the device keeps all others out, those of this program too. */
let writing: Promise<unknown> = Promise.resolve();

function writeStretch(stretch: Stretch, bytes: Uint8Array): Promise<void> {
  const mine = writing.then(() => writeNow(stretch, bytes));
  writing = mine.catch(() => undefined);
  return mine;
}

async function writeNow({ file, at }: Stretch, bytes: Uint8Array): Promise<void> {
  const handle = await openInPlace(file);
  try {
    for (let done = 0; done < bytes.length;) {
      done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
    }
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** O_EXCL on a device asks Linux to refuse what is mounted (open(2)): two writers of one volume would undo each other. */
async function openInPlace(file: string): Promise<FileHandle> {
  const exclusive = (await stat(file)).isBlockDevice() ? constants.O_EXCL : 0;
  return open(file, constants.O_RDWR | exclusive).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EBUSY' ? 'is mounted' : `cannot be written (${sentenceOf(cause)})`;
    throw new Failure(`${file} ${why}`, cause.code === 'EBUSY' ? `umount ${file}` : 'Look at its switch.', 1, cause);
  });
}
