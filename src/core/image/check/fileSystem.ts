import { DecodeError } from '../../net/bytes.ts';
import type { Disk } from '../disk.ts';
import { BOOT_SECTOR, readBootSector, STATE_BYTE, type Geometry } from '../fat/bootSector.ts';
import type { Run } from '../fat/chain.ts';
import { Volume, type Found } from '../fat/volume.ts';
import type { Partition } from '../partition.ts';
import type { Find } from './finding.ts';

/** Where mkfs.fat and every other maker of FAT32 put the copy of the boot sector. */
const BACKUP_SECTOR = 6 * 512;
const REPAIR = 'Repair it with fsck.fat -a on its partition, then check again.';

/** The file system with all its files; undefined where neither boot sector can be read. */
export async function openFileSystem(
  disk: Disk,
  partition: Partition,
  find: Find,
): Promise<{ volume: Volume; files: Found[] } | undefined> {
  const geometry = await readGeometry(disk, partition, find);
  if (geometry === undefined) return undefined;
  if (partition.start + geometry.bytes > disk.size) {
    find(
      'file system',
      `it is cut off: it has ${geometry.bytes} bytes, the disk only ${disk.size - partition.start} for it`,
    );
    if (partition.start + geometry.data > disk.size) return undefined;
  }
  await compareFats(disk, partition, geometry, find);
  const volume = await Volume.open(disk, partition.start, geometry);
  const files = await volume.tree((path, why) => find(path || 'root folder', why, REPAIR));
  checkClusters(volume, files, find);
  return { volume, files };
}

async function readGeometry(disk: Disk, { start }: Partition, find: Find): Promise<Geometry | undefined> {
  const first = await disk.read(start, BOOT_SECTOR);
  const copy = await disk.read(start + BACKUP_SECTOR, BOOT_SECTOR);
  const [main, backup] = [attempt(first), attempt(copy)];
  if (typeof main === 'string')
    find('FAT boot sector', `it is damaged: ${main}`, typeof backup === 'string' ? undefined : REPAIR);
  else if (first.some((byte, at) => byte !== copy[at] && at !== STATE_BYTE)) {
    find('FAT boot sector', 'it differs from its copy', REPAIR);
  }
  if (typeof main !== 'string') return main;
  return typeof backup === 'string' ? undefined : backup;
}

function attempt(sector: Uint8Array): Geometry | string {
  try {
    return readBootSector(sector);
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}

async function compareFats(disk: Disk, { start }: Partition, geometry: Geometry, find: Find): Promise<void> {
  const [one = 0, other] = geometry.fats;
  if (other === undefined) return;
  const [first, second] = [
    await disk.read(start + one, geometry.fatBytes),
    await disk.read(start + other, geometry.fatBytes),
  ];
  const at = first.findIndex((byte, index) => byte !== second[index]);
  if (at >= 0) find('FAT', `its two copies differ, first in the entry of cluster ${Math.floor(at / 4)}`, REPAIR);
}

/** Every file's clusters are as many as its size needs, and belong to it alone. */
function checkClusters(volume: Volume, files: readonly Found[], find: Find): void {
  const all: (Run & { path: string })[] = [];
  for (const file of files) {
    try {
      for (const { first, count } of volume.runs(file)) all.push({ first, count, path: file.path });
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      if (file.kind === 'file') find(file.path, error.message, REPAIR);
    }
  }
  const sorted = all.sort((a, b) => a.first - b.first);
  for (const [index, run] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === undefined || run.first + run.count <= next.first) continue;
    find(next.path, `it shares cluster ${next.first} with ${run.path}`, REPAIR);
  }
}
