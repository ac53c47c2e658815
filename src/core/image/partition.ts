import { putU16le, putU32le, u16le, u32le } from './fat/little.ts';

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

/** Where a disk's signature stands; before it lies the boot code, behind it the table. */
export const SIGNATURE_AT = 440;

/** A first sector with this boot code (at most 440 bytes), this signature (32 bits) and one partition. */
export function writePartition(
  code: Uint8Array,
  signature: number,
  { type, active, start, bytes }: Partition,
): Uint8Array {
  const sector = new Uint8Array(SECTOR);
  sector.set(code);
  putU32le(sector, SIGNATURE_AT, signature);
  const [first, count] = [start / SECTOR, bytes / SECTOR];
  sector.set([active ? 0x80 : 0, ...cylinders(first), type, ...cylinders(first + count - 1)], TABLE);
  putU32le(sector, TABLE + 8, first);
  putU32le(sector, TABLE + 12, count);
  putU16le(sector, 510, 0xaa55);
  return sector;
}

/** A sector's place as old BIOSes want it: head, sector and the cylinder's high bits, cylinder; the highest where it is beyond them. */
function cylinders(sector: number): readonly number[] {
  const cylinder = Math.floor(sector / (255 * 63));
  if (cylinder > 1023) return [0xfe, 0xff, 0xff];
  return [Math.floor(sector / 63) % 255, (sector % 63) + 1 + ((cylinder >> 2) & 0xc0), cylinder & 0xff];
}
