import { isOurs, TAG } from '../../core/discover/storage.ts';
import { Failure } from '../../shell/fail.ts';
import type { StorageSeen } from '../storage.ts';

/** Names for people who look with LVM's own tools; pxen goes by the tags. */
export const groupName = (sr: string): string => `pxen-${sr.slice(0, 8)}`;
export const volumeName = (vdi: string): string => `vdi-${vdi.slice(0, 8)}`;

/** The volume group of an SR, or undefined where this host has none. */
export const groupOf = ({ pvs }: StorageSeen, cluster: string, sr: string): string | undefined =>
  pvs.find((pv) => isOurs(pv, cluster) && pv.tags[TAG.sr] === sr)?.vg;

/** The volume group of an SR; fails where this host has none. */
export function needGroup(seen: StorageSeen, cluster: string, sr: string): string {
  const group = groupOf(seen, cluster, sr);
  if (group === undefined) throw new Failure(`storage ${sr} is not on this host`, 'See whether its disk still works.');
  return group;
}

/** `group/volume` of a VDI, or undefined where the group does not hold it. */
export function volumeOf({ lvs }: StorageSeen, group: string, vdi: string): string | undefined {
  const found = lvs.find((lv) => lv.vg === group && lv.tags[TAG.vdi] === vdi);
  return found && `${group}/${found.name}`;
}
