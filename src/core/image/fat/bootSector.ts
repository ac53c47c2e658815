import { DecodeError } from '../../net/bytes.ts';
import { u16le, u32le } from './little.ts';

/** Where things lie on a FAT32 file system. Offsets and sizes in bytes, offsets from its first byte. */
export interface Geometry {
  readonly sector: number;
  readonly cluster: number;
  /** Number of clusters; the first one is number 2. */
  readonly clusters: number;
  /** Offset of each copy of the FAT. */
  readonly fats: readonly number[];
  /** Size of one FAT. */
  readonly fatBytes: number;
  /** Offset of cluster 2. */
  readonly data: number;
  /** First cluster of the root folder. */
  readonly root: number;
  /** Size of the whole file system. */
  readonly bytes: number;
  /** Offset of the copy of the boot sector. */
  readonly backup: number;
  /** As Linux shows it: `XXXX-XXXX`. */
  readonly volume: string;
}

/** Bytes of a boot sector that are read, whatever the sector's size. */
export const BOOT_SECTOR = 512;
/** A byte that an operating system changes while the file system is mounted: its `dirty` mark. */
export const STATE_BYTE = 0x41;
/** Linux and Windows set its lowest bit while they write, and clear it when they have written all. */
export const wasCut = (bootSector: Uint8Array): boolean => ((bootSector[STATE_BYTE] ?? 0) & 1) === 1;
/** Fewer clusters make a FAT16 (Microsoft, "FAT32 File System Specification", FAT type determination). */
export const LEAST_CLUSTERS = 65_525;
/** Where the volume id stands (BS_VolID). */
export const VOLUME_ID_AT = 67;

/** Reads the boot sector of a FAT32 file system; throws DecodeError for anything else. */
export function readBootSector(bytes: Uint8Array): Geometry {
  const [sector, perCluster, reserved] = [u16le(bytes, 11), bytes[13] ?? 0, u16le(bytes, 14)];
  const [fats, fatSectors, sectors] = [bytes[16] ?? 0, u32le(bytes, 36), u32le(bytes, 32)];
  refuse(u16le(bytes, 510) !== 0xaa55, 'its mark 55 AA is missing');
  refuse(![512, 1024, 2048, 4096].includes(sector), `a sector cannot have ${sector} bytes`);
  refuse(perCluster === 0 || (perCluster & (perCluster - 1)) !== 0, `a cluster cannot have ${perCluster} sectors`);
  refuse(fats < 1 || fats > 2 || fatSectors === 0, 'it does not describe a FAT32');
  const dataSector = reserved + fats * fatSectors;
  const clusters = Math.floor((sectors - dataSector) / perCluster);
  refuse(clusters < LEAST_CLUSTERS, `${clusters} clusters are too few for a FAT32`);
  refuse((clusters + 2) * 4 > fatSectors * sector, 'its FAT is too small for its clusters');
  return {
    sector,
    cluster: perCluster * sector,
    clusters,
    fats: Array.from({ length: fats }, (_, index) => (reserved + index * fatSectors) * sector),
    fatBytes: fatSectors * sector,
    data: dataSector * sector,
    root: u32le(bytes, 44),
    bytes: sectors * sector,
    backup: u16le(bytes, 50) * sector,
    volume: volumeText(u32le(bytes, VOLUME_ID_AT)),
  };
}

function refuse(wrong: boolean, why: string): void {
  if (wrong) throw new DecodeError(why);
}

/** A volume id as Linux shows it: `XXXX-XXXX`. */
export function volumeText(id: number): string {
  const digits = id.toString(16).toUpperCase().padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}
