import type { Disk } from '../core/image/disk.ts';
import { Failure } from './fail.ts';
import { BROKEN, type RawDisk } from './rawDisk.ts';

/** Bytes written at once. */
const PIECE = 4 * 2 ** 20;
/** The table of partitions and the loader, written when all the rest is there and right. */
const HEAD = 2 ** 20;
/** The table itself. Written last of all: a disk without it is no drive to anybody, and one sector is whole or not there. */
const TABLE = 512;
/** A GPT keeps a copy of its table in the last 33 sectors, its header in the very last (UEFI 2.10, 5.3.2). */
const [GPT_SECTORS, GPT_MARK] = [33, 'EFI PART'];

/** Bytes done of all; called often. */
export type Done = (what: 'writing' | 'reading back', done: number, all: number) => void;

/**
 * Writes an image to a disk, and reads it back from the medium. Wherever it breaks off, there is no drive on the disk: its
 * table is wiped first and written last, after all else was read back and `beforeTable` has not thrown. The image is read
 * twice, and must not change meanwhile.
 */
export async function writeDisk(
  image: Disk,
  disk: RawDisk,
  done: Done,
  beforeTable: () => Promise<void> = async () => undefined,
): Promise<void> {
  const head = await image.read(0, HEAD);
  await disk.write(0, new Uint8Array(HEAD));
  await wipeBackupTable(disk, image.size);
  // On the medium before anything else is: no disk may keep an old table over new files.
  await disk.settle();
  for (const { at, length } of pieces(image)) {
    await disk.write(at, await image.read(at, length));
    done('writing', at + length, image.size);
  }
  await disk.settle();
  for (const { at, length } of pieces(image)) {
    refuseOther(at, await image.read(at, length), await disk.read(at, length));
    done('reading back', at + length, image.size);
  }
  await writeRight(disk, TABLE, head.subarray(TABLE));
  await beforeTable();
  await writeRight(disk, 0, head.subarray(0, TABLE));
}

/** All behind the head. */
function* pieces({ size }: Disk): Generator<{ readonly at: number; readonly length: number }> {
  for (let at = HEAD; at < size; at += PIECE) yield { at, length: Math.min(PIECE, size - at) };
}

function refuseOther(at: number, wanted: Uint8Array, seen: Uint8Array): void {
  if (Buffer.from(wanted.buffer, wanted.byteOffset, wanted.length).equals(seen)) return;
  const place = at + wanted.findIndex((byte, index) => byte !== seen[index]);
  throw new Failure(`the disk gives other bytes back than were written to it, first at byte ${place}`, BROKEN);
}

async function writeRight(disk: RawDisk, at: number, bytes: Uint8Array): Promise<void> {
  await disk.write(at, bytes);
  await disk.settle();
  try {
    refuseOther(at, bytes, await disk.read(at, bytes.length));
  } catch (error) {
    await disk.write(0, new Uint8Array(TABLE));
    await disk.settle();
    throw error;
  }
}

/** On a stick larger than the image the old table's copy would survive, and some firmware prefers it. */
async function wipeBackupTable(disk: RawDisk, from: number): Promise<void> {
  for (const sector of [512, 4096]) {
    const header = disk.size - sector;
    if (header < from || Buffer.from(await disk.read(header, 8)).toString('latin1') !== GPT_MARK) continue;
    const start = Math.max(from, disk.size - GPT_SECTORS * sector);
    await disk.write(start, new Uint8Array(disk.size - start));
  }
}
