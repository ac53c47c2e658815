import { hex } from '../../net/text.ts';
import { u16le, u32le } from '../fat/little.ts';
import type { Disk } from '../disk.ts';
import { BOOT_CODE, PARTITION_START, PARTITION_TYPE } from '../layout.ts';
import { readPartitions, type Partition } from '../partition.ts';
import type { Find } from './finding.ts';

const SECTOR = 512;
/** Where GRUB's boot.img says at which sector its core begins, and where that says where its rest lies (GRUB, boot.S, diskboot.S). */
const [CORE_AT, REST_AT] = [0x5c, 500];

/** What a disk begins with: the partition that pxen made, or why there is none; and GRUB for BIOS before it. */
export interface Start {
  readonly partition: Partition | undefined;
  /** The code of the first sector and GRUB's core; undefined where they are not there. */
  readonly bios: Uint8Array | undefined;
  /** Why this is no pxen drive, where `partition` is undefined. */
  readonly why: string;
}

export async function readStart(disk: Disk, find: Find): Promise<Start> {
  if (disk.size < PARTITION_START)
    return { partition: undefined, bios: undefined, why: `it has only ${disk.size} bytes` };
  const first = await disk.read(0, SECTOR);
  const partitions = readPartitions(first);
  if (partitions === undefined) return { partition: undefined, bios: undefined, why: 'it has no partition table' };
  const partition = partitions.find(({ type, start }) => type === PARTITION_TYPE && start === PARTITION_START);
  if (partition === undefined) {
    const types = partitions.map(({ type }) => hex(Uint8Array.of(type)));
    const why = `it has no FAT32 partition at 1 MiB (its partitions are of the types ${types.join(', ') || 'none'})`;
    return { partition, bios: undefined, why };
  }
  const bios = readGrub(first, await disk.read(SECTOR, PARTITION_START - SECTOR));
  if (typeof bios === 'string') find('boot sector', `${bios}: machines with BIOS do not start from it`);
  if (!partition.active) find('partition table', 'its partition is not active: some BIOSes do not start from it');
  if (partition.start + partition.bytes > disk.size) {
    find(
      'partition table',
      `the partition ends ${partition.start + partition.bytes - disk.size} bytes behind the disk's end`,
    );
  }
  return { partition, bios: typeof bios === 'string' ? undefined : bios, why: '' };
}

/** GRUB's code in the first sector and its core in the gap before the partition; or why it is not there. */
function readGrub(first: Uint8Array, gap: Uint8Array): Uint8Array | string {
  if (u32le(first, CORE_AT) !== 1) return 'it does not lead to GRUB';
  const [start, sectors] = [u32le(gap, REST_AT), u16le(gap, REST_AT + 8)];
  const lost = start !== 2 || sectors === 0 || (start + sectors) * SECTOR > PARTITION_START;
  if (lost) return "GRUB's core is not behind it";
  const bios = new Uint8Array(BOOT_CODE + (1 + sectors) * SECTOR);
  bios.set(first.subarray(0, BOOT_CODE));
  bios.set(gap.subarray(0, (1 + sectors) * SECTOR), BOOT_CODE);
  return bios;
}
