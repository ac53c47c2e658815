import { utf8 } from '../../net/text.ts';
import { DecodeError } from '../../net/bytes.ts';
import { LEAST_CLUSTERS, VOLUME_ID_AT } from './bootSector.ts';
import { putU16le, putU32le } from './little.ts';

/** What a new FAT32 file system is to be. Sizes in bytes. */
export interface NewVolume {
  /** Size of its partition, a multiple of a sector. */
  readonly bytes: number;
  /** Where its partition begins on the disk. */
  readonly start: number;
  /** The volume id, 32 bits; Linux shows it as `XXXX-XXXX`. */
  readonly id: number;
}

/** Where things lie on a new file system; all but `clusters` in sectors. */
export interface Shape {
  readonly perCluster: number;
  readonly sectors: number;
  readonly fatSectors: number;
  readonly clusters: number;
}

export const SECTOR = 512;
/** Sectors before the first FAT, as mkfs.fat and Windows have it; the boot sector's copy is among them. */
export const RESERVED = 32;
export const FATS = 2;
const [INFO_SECTOR, COPY_SECTOR] = [1, 6];
const LABEL = 'PXEN       ';

/** Clusters of 4 KiB, or smaller ones where a FAT32 would have too few. Throws DecodeError where there is no room for one. */
export function shapeOf({ bytes }: Pick<NewVolume, 'bytes'>): Shape {
  const sectors = Math.floor(bytes / SECTOR);
  for (const perCluster of [8, 4, 2, 1]) {
    // Two entries are in use before the first cluster; one sector of a FAT holds 128 entries.
    const fatSectors = Math.ceil((sectors - RESERVED + 2 * perCluster) / (128 * perCluster + FATS));
    const clusters = Math.floor((sectors - RESERVED - FATS * fatSectors) / perCluster);
    if (clusters >= LEAST_CLUSTERS) return { perCluster, sectors, fatSectors, clusters };
  }
  throw new DecodeError(`${bytes} bytes are too few for a FAT32`);
}

/** Sector of the first cluster, which has number 2. */
export const dataSector = ({ fatSectors }: Shape): number => RESERVED + FATS * fatSectors;

/** The reserved sectors of a new file system (Microsoft, "FAT32 File System Specification", boot sector and FSInfo). */
export function reservedSectors(volume: NewVolume, shape: Shape, used: number): Uint8Array {
  const bytes = new Uint8Array(RESERVED * SECTOR);
  for (const sector of [0, COPY_SECTOR]) {
    bytes.set(bootSector(volume, shape), sector * SECTOR);
    bytes.set(infoSector(shape, used), (sector + INFO_SECTOR) * SECTOR);
  }
  return bytes;
}

function bootSector({ start, id }: NewVolume, { perCluster, sectors, fatSectors }: Shape): Uint8Array {
  const bytes = new Uint8Array(SECTOR);
  // A jump to code that asks the BIOS for the next boot device: nothing starts from this sector.
  bytes.set([0xeb, 0x58, 0x90, ...utf8('mkfs.fat')]);
  bytes.set([0xcd, 0x18, 0xeb, 0xfe], 0x5a);
  putU16le(bytes, 11, SECTOR);
  bytes[13] = perCluster;
  putU16le(bytes, 14, RESERVED);
  bytes[16] = FATS;
  bytes[21] = 0xf8;
  // Sectors a track and heads, as every BIOS reckons them for large disks.
  putU16le(bytes, 24, 63);
  putU16le(bytes, 26, 255);
  putU32le(bytes, 28, start / SECTOR);
  putU32le(bytes, 32, sectors);
  putU32le(bytes, 36, fatSectors);
  putU32le(bytes, 44, 2);
  putU16le(bytes, 48, INFO_SECTOR);
  putU16le(bytes, 50, COPY_SECTOR);
  bytes[64] = 0x80;
  bytes[66] = 0x29;
  putU32le(bytes, VOLUME_ID_AT, id);
  bytes.set(utf8(`${LABEL}FAT32   `), 71);
  return sealed(bytes);
}

function infoSector({ clusters }: Shape, used: number): Uint8Array {
  const bytes = new Uint8Array(SECTOR);
  putU32le(bytes, 0, 0x4161_5252);
  putU32le(bytes, 484, 0x6141_7272);
  putU32le(bytes, 488, clusters - used);
  putU32le(bytes, 492, used + 2);
  return sealed(bytes);
}

function sealed(bytes: Uint8Array): Uint8Array {
  putU16le(bytes, 510, 0xaa55);
  return bytes;
}

/** The entry of the root folder that names the volume. */
export const labelEntry = (): Uint8Array => {
  const entry = new Uint8Array(32);
  entry.set(utf8(LABEL));
  entry[11] = 0x08;
  return entry;
};
