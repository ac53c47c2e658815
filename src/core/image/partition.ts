import { u16le, u32le } from './fat/little.ts';

/** A partition of an MBR. Offsets in bytes. */
export interface Partition {
  readonly type: number;
  readonly active: boolean;
  readonly start: number;
  readonly bytes: number;
}

const SECTOR = 512;
const TABLE = 446;

/** The partitions that the first sector of a disk lists; undefined where it is no partition table. */
export function readPartitions(sector: Uint8Array): Partition[] | undefined {
  if (u16le(sector, 510) !== 0xaa55) return undefined;
  return [0, 1, 2, 3]
    .map((index) => sector.subarray(TABLE + index * 16, TABLE + (index + 1) * 16))
    .map((entry) => ({
      type: entry[4] ?? 0,
      active: entry[0] === 0x80,
      start: u32le(entry, 8) * SECTOR,
      bytes: u32le(entry, 12) * SECTOR,
    }))
    .filter(({ type }) => type !== 0);
}
