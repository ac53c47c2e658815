import { BOOT_CODE, PARTITION_START, PARTITION_TYPE } from './layout.ts';
import type { Disk } from './disk.ts';
import { VOLUME_ID_AT } from './fat/bootSector.ts';
import { putU32le } from './fat/little.ts';
import { makeVolume, type NewFile } from './fat/make.ts';
import { SIGNATURE_AT, writePartition } from './partition.ts';

/** A file of a new drive, and how its bytes are had: `from` up to, not including, `to`. */
export interface Source extends NewFile {
  readonly read: (from: number, to: number) => Promise<Uint8Array>;
}

/** Bytes in memory as a file. */
export const heldSource = (path: string, bytes: Uint8Array): Source => ({
  path,
  size: bytes.length,
  read: async (from, to) => bytes.subarray(from, to),
});

/** What a new drive is to be. */
export interface NewDrive {
  /** Of the whole drive; whole sectors. */
  readonly bytes: number;
  /** The FAT volume id, 32 bits. Drawn for each drive: two of one id in a machine could not be told apart. */
  readonly id: number;
  /** GRUB for BIOS as `BIOS_FILE` holds it. */
  readonly bios: Uint8Array;
}

/** Bytes of a disk that stand somewhere; all else is zero. */
interface Part {
  readonly at: number;
  readonly size: number;
  read(from: number, to: number): Promise<Uint8Array>;
}

/**
 * The image of a drive with these files, made while it is read: nothing of it is held but its tables. Throws DecodeError where
 * the files do not fit, or cannot stand on FAT.
 */
export function newDrive({ bytes, id, bios }: NewDrive, files: readonly Source[]): Disk & { readonly free: number } {
  const volume = { start: PARTITION_START, bytes: bytes - PARTITION_START, id };
  const { tables, files: placed, free } = makeVolume(volume, files);
  const partition = { type: PARTITION_TYPE, active: true, start: volume.start, bytes: volume.bytes };
  const mbr = writePartition(bios.subarray(0, BOOT_CODE), id, partition);
  const parts: Part[] = [
    held(0, mbr),
    held(mbr.length, bios.subarray(BOOT_CODE)),
    ...tables.map((table) => held(volume.start + table.at, table.bytes)),
    ...placed.map(({ at, size }, index) => ({ at: volume.start + at, size, read: sourceAt(files, index) })),
  ];
  return { size: bytes, free, read: (at, length) => readParts(parts, at, length) };
}

/** Files are placed in the order in which they were given. */
const sourceAt =
  (files: readonly Source[], index: number): Part['read'] =>
  async (from, to) =>
    (await files[index]?.read(from, to)) ?? new Uint8Array(to - from);

const held = (at: number, bytes: Uint8Array): Part => ({
  at,
  size: bytes.length,
  read: async (from, to) => bytes.subarray(from, to),
});

async function readParts(parts: readonly Part[], at: number, length: number): Promise<Uint8Array> {
  const whole = new Uint8Array(length);
  for (const part of parts) {
    const [from, to] = [Math.max(at, part.at), Math.min(at + length, part.at + part.size)];
    if (from < to) whole.set(await part.read(from - part.at, to - part.at), from - at);
  }
  return whole;
}

/** The same image under a volume id of its own, in all places where it stands. `backup`: offset of the boot sector's copy on the volume. */
export function withVolumeId(image: Disk, id: number, backup: number): Disk {
  const places = [SIGNATURE_AT, PARTITION_START + VOLUME_ID_AT, PARTITION_START + backup + VOLUME_ID_AT];
  const bytes = new Uint8Array(4);
  putU32le(bytes, 0, id);
  const read = async (at: number, length: number): Promise<Uint8Array> => {
    const whole = Uint8Array.from(await image.read(at, length));
    for (const place of places) {
      const [from, to] = [Math.max(at, place), Math.min(at + length, place + bytes.length)];
      if (from < to) whole.set(bytes.subarray(from - place, to - place), from - at);
    }
    return whole;
  };
  return { size: image.size, read };
}
