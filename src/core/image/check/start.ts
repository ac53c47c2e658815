import { hex } from '../../net/text.ts';
import { u16le, u32le } from '../fat/little.ts';
import type { Disk } from '../disk.ts';
import { PARTITION_START, PARTITION_TYPE } from '../layout.ts';
import { readPartitions, type Partition } from '../partition.ts';
import type { Find } from './finding.ts';

const SECTOR = 512;
/** Where GRUB's boot.img says at which sector its core begins, and where that says where its rest lies (GRUB, boot.S, diskboot.S). */
const [CORE_AT, REST_AT] = [0x5c, 500];

/** What a disk begins with: the partition that pxen made, or why there is none; and whether GRUB lies before it. */
export interface Start {
  readonly partition: Partition | undefined;
  readonly grub: boolean;
  /** Why this is no pxen drive, where `partition` is undefined. */
  readonly why: string;
}

export async function readStart(disk: Disk, find: Find): Promise<Start> {
  if (disk.size < PARTITION_START) return { partition: undefined, grub: false, why: `it has only ${disk.size} bytes` };
  const first = await disk.read(0, SECTOR);
  const partitions = readPartitions(first);
  if (partitions === undefined) return { partition: undefined, grub: false, why: 'it has no partition table' };
  const partition = partitions.find(({ type, start }) => type === PARTITION_TYPE && start === PARTITION_START);
  if (partition === undefined) {
    const types = partitions.map(({ type }) => hex(Uint8Array.of(type)));
    const why = `it has no FAT32 partition at 1 MiB (its partitions are of the types ${types.join(', ') || 'none'})`;
    return { partition, grub: false, why };
  }
  const why = grubMissing(first, await disk.read(SECTOR, PARTITION_START - SECTOR));
  const grub = why === undefined;
  if (!grub) find('boot sector', `${why}: machines with BIOS do not start from it`);
  if (!partition.active) find('partition table', 'its partition is not active: some BIOSes do not start from it');
  if (partition.start + partition.bytes > disk.size) {
    find(
      'partition table',
      `the partition ends ${partition.start + partition.bytes - disk.size} bytes behind the disk's end`,
    );
  }
  return { partition, grub, why: '' };
}

/** Why GRUB for BIOS is not whole in the gap before the partition; undefined where it is. */
function grubMissing(first: Uint8Array, gap: Uint8Array): string | undefined {
  if (u32le(first, CORE_AT) !== 1) return 'it does not lead to GRUB';
  const [start, sectors] = [u32le(gap, REST_AT), u16le(gap, REST_AT + 8)];
  if (start !== 2 || sectors === 0 || (start + sectors) * SECTOR > PARTITION_START)
    return "GRUB's core is not behind it";
  const empty = gap.subarray(SECTOR, (1 + sectors) * SECTOR).every((byte) => byte === 0);
  return empty ? "GRUB's core is empty" : undefined;
}
