import type { HostReport } from '../api/report.ts';
import { isDisk, looksEmpty, withChildren, type BlockDevice } from './lsblk.ts';
import { tagValue, type LogicalVolume, type PhysicalVolume, type Tags } from './lvm.ts';

/** The tags by which pxen knows its volume groups and volumes again (docs/rules.md, rule 7). */
export const TAG = { cluster: 'pxen.cluster', sr: 'pxen.sr', vdi: 'pxen.vdi', name: 'pxen.name' } as const;

/** What the three storage tools say together. `drive` is the FAT volume id the host was booted from, or empty. */
export interface StorageFacts {
  readonly devices: readonly BlockDevice[];
  readonly pvs: readonly PhysicalVolume[];
  readonly lvs: readonly LogicalVolume[];
  readonly cluster: string;
  readonly drive: string;
}

type Storage = Pick<HostReport, 'disks' | 'SRs' | 'VDIs'>;

/**
 * Disks, SRs and VDIs of a host. A volume group of another cluster is foreign. One that lacks a part is listed all the
 * same: its VDIs exist, and must not be made anew elsewhere.
 */
export function storageOf(facts: StorageFacts): Storage {
  const ours = facts.pvs.filter((pv) => isOurs(pv, facts.cluster));
  const groups = ours.filter((pv, index) => ours.findIndex((other) => other.vg === pv.vg) === index);
  return {
    disks: facts.devices.filter(isDisk).map((disk) => diskOf(disk, ours, facts)),
    SRs: groups.map((pv) => ({
      uuid: tag(pv.tags, TAG.sr),
      name_label: tag(pv.tags, TAG.name),
      type: 'lvm',
      physical_size: pv.size,
      physical_utilisation: pv.size - pv.free,
    })),
    VDIs: facts.lvs.flatMap((lv) => vdiOf(lv, groups)),
  };
}

const tag = (tags: Tags, name: string): string => tags[name] ?? '';

export const isOurs = (pv: PhysicalVolume, cluster: string): boolean =>
  pv.vg !== '' && tag(pv.tags, TAG.cluster) === tagValue(cluster) && tag(pv.tags, TAG.sr) !== '';

function vdiOf(lv: LogicalVolume, ours: readonly PhysicalVolume[]): Storage['VDIs'] {
  const sr = ours.find((pv) => pv.vg === lv.vg);
  const uuid = tag(lv.tags, TAG.vdi);
  if (sr === undefined || uuid === '') return [];
  return [{ uuid, name_label: tag(lv.tags, TAG.name), SR: tag(sr.tags, TAG.sr), virtual_size: lv.size }];
}

function diskOf(disk: BlockDevice, ours: readonly PhysicalVolume[], facts: StorageFacts): Storage['disks'][number] {
  return {
    device: disk.path,
    serial: disk.serial,
    model: disk.model,
    size: disk.size,
    removable: disk.removable,
    holds: holdsOf(disk, ours, facts),
  };
}

function holdsOf(disk: BlockDevice, ours: readonly PhysicalVolume[], facts: StorageFacts): Holds {
  const devices = withChildren(disk);
  const paths = new Set(devices.map((device) => device.path));
  if (facts.drive !== '' && devices.some((device) => isVolume(device, facts.drive))) return 'drive';
  if (ours.some((pv) => paths.has(pv.device))) return 'ours';
  // lsblk may not have seen a fresh physical volume yet, pvs has: both must say nothing.
  const claimed = facts.pvs.some((pv) => paths.has(pv.device));
  return claimed || !looksEmpty(disk) || disk.readOnly ? 'foreign' : 'nothing';
}

type Holds = HostReport['disks'][number]['holds'];

const isVolume = (device: BlockDevice, volume: string): boolean => device.fstype === 'vfat' && device.uuid === volume;

/** The device that holds the FAT volume `volume` (`XXXX-XXXX`), undefined where it is not plugged in. */
export const volumeAt = (devices: readonly BlockDevice[], volume: string): BlockDevice | undefined =>
  devices.flatMap(withChildren).find((device) => isVolume(device, volume));
