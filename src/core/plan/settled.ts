import { isToReport } from '../boot/wish.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { PlanHost } from './hosts.ts';
import type { Wanted } from './wanted.ts';

/** Rounds after which nobody is waited for any more: five minutes, where a round is 5 seconds. */
export const PATIENCE = 60;

/**
 * Whose word is still missing before one may say that a VM's disk exists nowhere: hosts that cluster.yaml names and
 * that are woken to run VMs, and disks that it names for them, for PATIENCE rounds at most; and without end every host that is there but
 * cannot see its disks. Empty when all have spoken.
 */
export function awaited(wanted: Wanted, seen: Inventory, hosts: readonly PlanHost[]): readonly string[] {
  const blind = hosts
    .filter((host) => !host.seen.report.complete)
    .map((host) => `host ${host.name}, which cannot see its disks or domains`);
  return seen.rounds >= PATIENCE ? blind : [...blind, ...missing(wanted, hosts)];
}

function missing(wanted: Wanted, hosts: readonly PlanHost[]): readonly string[] {
  const serials = new Set(hosts.flatMap((host) => host.seen.report.disks.map((disk) => disk.serial)));
  return wanted.cluster.hosts
    .filter((entry) => entry.wake && isToReport(wanted.cluster, entry))
    .flatMap((entry) => {
      const name = entry.name ?? entry.mac ?? entry.uuid ?? entry.serial ?? 'a host without a name';
      if (!hosts.some((host) => host.entry === entry)) return [`host ${name}`];
      return entry.disks.filter((disk) => !serials.has(disk.serial)).map((disk) => `disk ${disk.serial} of ${name}`);
    })
    .sort();
}
