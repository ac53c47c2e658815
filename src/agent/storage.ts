import { LSBLK, parseLsblk, type BlockDevice } from '../core/discover/lsblk.ts';
import { LVS, parseLvs, parsePvs, PVS, type LogicalVolume, type PhysicalVolume } from '../core/discover/lvm.ts';
import type { Machine } from './machine.ts';

/** What the storage tools say; each is asked at the same time as the others. */
export interface StorageSeen {
  readonly devices: readonly BlockDevice[];
  readonly pvs: readonly PhysicalVolume[];
  readonly lvs: readonly LogicalVolume[];
}

/** Fails when any of the tools does: half of the truth about disks is worse than none. */
export async function lookAtStorage({ run }: Pick<Machine, 'run'>): Promise<StorageSeen> {
  const [devices, pvs, lvs] = await Promise.all([run(LSBLK), run(PVS), run(LVS)]);
  return { devices: parseLsblk(devices.stdout), pvs: parsePvs(pvs.stdout), lvs: parseLvs(lvs.stdout) };
}
