import { open } from 'node:fs/promises';
import { readBootSector, BOOT_SECTOR } from '../core/image/fat/bootSector.ts';
import { PARTITION_START, PARTITION_TYPE } from '../core/image/layout.ts';
import { readPartitions } from '../core/image/partition.ts';
import { DecodeError } from '../core/net/bytes.ts';
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

/** What was seen of a disk, and by what it is known that it may be another one by now. */
interface Seen {
  readonly mark: string;
  readonly volume: string | undefined;
}

/**
 * Looks for drives among all disks, by their first sectors. A disk is read when it comes and after something was written to it,
 * so that one which sleeps goes on sleeping. One that cannot be read is none.
 */
export function drivesPlugged(files: Pick<HostFiles, 'list' | 'read'>): () => Promise<readonly Plugged[]> {
  let seen = new Map<string, Seen>();
  const look = async (name: string, before: Seen | undefined): Promise<Seen> => {
    const about = (file: string): Promise<string | undefined> => files.read(`${BLOCK}/${name}/${file}`);
    const [size, medium, counts] = await Promise.all(['size', 'diskseq', 'stat'].map(about));
    // The seventh count is that of the sectors that were written (Linux, Documentation/block/stat.rst).
    const mark = [size, medium, counts?.trim().split(/\s+/)[6]].map((text) => (text ?? '').trim()).join(' ');
    if (before?.mark === mark) return before;
    const isLarge = Number(size) * BOOT_SECTOR > PARTITION_START;
    return { mark, volume: isLarge ? await volumeOn(`/dev/${name}`).catch(() => undefined) : undefined };
  };
  return async () => {
    const names = (await files.list(BLOCK)).filter((name) => !NO_DISK.test(name));
    const looks = names.map(async (name) => [name, await look(name, seen.get(name))] as const);
    seen = new Map(await Promise.all(looks));
    return [...seen].flatMap(([name, { mark, volume }]) => {
      const medium = mark.split(' ')[1] ?? '';
      return volume === undefined ? [] : [{ path: `/dev/${name}`, volume, key: `${name} ${medium} ${volume}` }];
    });
  };
}

/** The volume id of a drive of pxen; undefined for anything else. */
async function volumeOn(path: string): Promise<string | undefined> {
  const file = await open(path);
  const sector = async (at: number): Promise<Uint8Array> => {
    const bytes = Buffer.alloc(BOOT_SECTOR);
    await file.read(bytes, 0, bytes.length, at);
    return bytes;
  };
  try {
    const partitions = readPartitions(await sector(0)) ?? [];
    if (!partitions.some(({ type, start }) => type === PARTITION_TYPE && start === PARTITION_START)) return undefined;
    return readBootSector(await sector(PARTITION_START)).volume;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}
