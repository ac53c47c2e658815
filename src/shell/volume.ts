import { Volume, type Found } from '../core/image/fat/volume.ts';
import { readPartitions } from '../core/image/partition.ts';
import { openDisk, type OpenDisk } from './disk.ts';
import type { Run } from './run.ts';

/** A file or folder of a volume by its path; FAT makes no difference between upper and lower case. */
export type Find = (path: string) => Found | undefined;

/** Lets `work` look at the FAT32 of a device, or of the image of one, which is not mounted for it. */
export async function withVolume<T>(file: string, work: (volume: Volume, find: Find) => T | Promise<T>): Promise<T> {
  const disk = await openDisk(file);
  try {
    const volume = await Volume.open(disk, await startOf(disk));
    const found = await volume.tree(() => undefined);
    return await work(volume, (path) => found.find((entry) => entry.path.toLowerCase() === path.toLowerCase()));
  } finally {
    await disk.close();
  }
}

/** The boot sector of the FAT32 of a device, or of the image of one. */
export async function bootSectorOf(file: string): Promise<Uint8Array> {
  const disk = await openDisk(file);
  try {
    return await disk.read(await startOf(disk), SECTOR);
  } finally {
    await disk.close();
  }
}

const SECTOR = 512;

/** A partition begins with its file system; a whole disk says where its partition is. */
async function startOf(disk: OpenDisk): Promise<number> {
  const first = await disk.read(0, SECTOR);
  const isFat = Buffer.from(first.subarray(82, 90)).toString('latin1') === 'FAT32   ';
  return isFat ? 0 : (readPartitions(first)?.[0]?.start ?? 0);
}

/** What Linux holds of a file in memory is dropped: dd(1) with nocache and no count. */
export async function forget(file: string, run: Run): Promise<void> {
  await run(['dd', `if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
}
