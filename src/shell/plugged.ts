import { readBootSector, BOOT_SECTOR } from '../core/image/fat/bootSector.ts';
import { PARTITION_START, PARTITION_TYPE } from '../core/image/layout.ts';
import { readPartitions } from '../core/image/partition.ts';
import { DecodeError } from '../core/net/bytes.ts';
import { openDisk } from './disk.ts';
import type { HostFiles } from './host-files.ts';

/** A disk that is laid out like a drive of pxen. */
export interface Plugged {
  /** `/dev/sdb` */
  readonly path: string;
  /** FAT volume id, `XXXX-XXXX`. */
  readonly volume: string;
  /** Another one for each medium that was put in, and for each drive that was written to it. */
  readonly key: string;
}

const BLOCK = '/sys/block';
/** Disks of RAM, of other disks, without a medium. */
const NO_DISK = /^(loop|ram|zram|dm-|md|sr|fd|nbd)/;

/** All of them, by the first sectors of every disk. One that cannot be read is none. */
export async function pluggedDrives(files: Pick<HostFiles, 'list' | 'read'>): Promise<readonly Plugged[]> {
  const names = (await files.list(BLOCK)).filter((name) => !NO_DISK.test(name));
  const found = await Promise.all(
    names.map(async (name): Promise<Plugged[]> => {
      const [path, size] = [`/dev/${name}`, Number(await files.read(`${BLOCK}/${name}/size`))];
      if (!(size * 512 > PARTITION_START)) return [];
      const volume = await volumeOn(path).catch(() => undefined);
      const medium = ((await files.read(`${BLOCK}/${name}/diskseq`)) ?? '').trim();
      return volume === undefined ? [] : [{ path, volume, key: `${name} ${medium} ${volume}` }];
    }),
  );
  return found.flat();
}

/** The volume id of a drive of pxen; undefined for anything else. */
async function volumeOn(path: string): Promise<string | undefined> {
  const disk = await openDisk(path);
  try {
    const partitions = readPartitions(await disk.read(0, BOOT_SECTOR)) ?? [];
    if (!partitions.some(({ type, start }) => type === PARTITION_TYPE && start === PARTITION_START)) return undefined;
    return readBootSector(await disk.read(PARTITION_START, BOOT_SECTOR)).volume;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  } finally {
    await disk.close();
  }
}
