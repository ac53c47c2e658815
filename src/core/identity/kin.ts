import type { Identity } from './identity.ts';

/**
 * How another drive stands to the one in force (docs/rules.md, rule 3). Who has the cluster's key is of the cluster: a drive that
 * only says so is a stranger. `copy`: made by copying the drive itself, so that only their chains differ.
 */
export type Kin = 'stranger' | 'successor' | 'former' | 'copy';

export function kinOf(own: Identity, other: Identity): Kin {
  const isKin = own.cluster === other.cluster && own.privateKey === other.privateKey;
  if (!isKin) return 'stranger';
  if (other.generation !== own.generation) return other.generation > own.generation ? 'successor' : 'former';
  if (other.drive === own.drive) return 'copy';
  // Two that took the place of one drive: the smaller id wins, as among claims whose chains are alike.
  return other.drive < own.drive ? 'successor' : 'former';
}
