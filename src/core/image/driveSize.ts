import { DRIVE_BYTES } from './layout.ts';

const MIB = 2 ** 20;

/**
 * Size of a new drive for content of so many bytes on a disk of this size: what every drive has, or room for as much again
 * where the content is larger; all of the disk where that is smaller. Whether it is enough is for whoever lays it out.
 */
export function driveSize(disk: number, content: number): number {
  const wanted = Math.max(DRIVE_BYTES, Math.ceil((2 * content) / MIB) * MIB);
  return Math.min(wanted, Math.floor(disk / MIB) * MIB);
}
