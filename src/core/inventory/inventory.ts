import type { HostReport } from '../api/report.ts';

/**
 * What is known of the cluster: the newest report of each host, and what was ordered of it. Time counts in rounds, the
 * interval at which hosts report, so that nothing here needs a clock (docs/rules.md, rule 3).
 */
export interface Inventory {
  /** Rounds since this server began. */
  readonly rounds: number;
  /** By UUID of the host. */
  readonly hosts: Readonly<Record<string, HostSeen>>;
  /** By UUID of the VM or VDI: where it was ordered to be started or made. */
  readonly orders: Readonly<Record<string, Order>>;
}

export interface HostSeen {
  readonly report: HostReport;
  /** Rounds since its last report. */
  readonly missed: number;
  /** UUIDs of the VMs that ran on it at some time of this boot. */
  readonly ran: readonly string[];
  /** Boot ids that are over; a late report of one of them says nothing of now. */
  readonly past: readonly string[];
}

/** `boot`: the boot of the host in which it was ordered; a VM's start ends with it. */
export interface Order {
  readonly host: string;
  readonly boot: string;
  readonly sr: string | null;
}

/** Rounds without a report after which a host counts as lost: a minute, where a round is 5 seconds. */
export const MISSED_UNTIL_LOST = 12;
const PAST_KEPT = 16;

export const EMPTY_INVENTORY: Inventory = { rounds: 0, hosts: {}, orders: {} };

export const isLost = (host: HostSeen): boolean => host.missed >= MISSED_UNTIL_LOST;

/** Lets `rounds` rounds pass. */
export function pass(inventory: Inventory, rounds: number): Inventory {
  if (rounds <= 0) return inventory;
  const hosts = Object.entries(inventory.hosts).map(([uuid, host]) => [
    uuid,
    { ...host, missed: host.missed + rounds },
  ]);
  return { ...inventory, rounds: inventory.rounds + rounds, hosts: Object.fromEntries(hosts) as Inventory['hosts'] };
}

/** Without the host that is known by a UUID: it turned out to be several. */
export function without(inventory: Inventory, uuid: string): Inventory {
  if (inventory.hosts[uuid] === undefined) return inventory;
  return { ...inventory, hosts: Object.fromEntries(Object.entries(inventory.hosts).filter(([one]) => one !== uuid)) };
}

/** What a report was: of a host or boot not heard before, a newer one, or one that newer ones have overtaken. */
export type News = 'host' | 'boot' | 'newer' | 'old';

/**
 * Takes in a report. Within one boot the order of arrival does not matter and a report heard twice counts once; a boot
 * that is over stays over.
 */
export function absorb(
  inventory: Inventory,
  report: HostReport,
): { readonly inventory: Inventory; readonly news: News } {
  const before = inventory.hosts[report.host.uuid];
  const news = newsOf(before, report);
  const after = hostAfter(before, report, news);
  return { news, inventory: { ...inventory, hosts: { ...inventory.hosts, [report.host.uuid]: after } } };
}

function newsOf(before: HostSeen | undefined, report: HostReport): News {
  if (before === undefined) return 'host';
  if (before.report.boot_id !== report.boot_id) return before.past.includes(report.boot_id) ? 'old' : 'boot';
  return report.counter > before.report.counter ? 'newer' : 'old';
}

function hostAfter(before: HostSeen | undefined, report: HostReport, news: News): HostSeen {
  const ran = report.VMs.filter((vm) => vm.power_state === 'Running').map((vm) => vm.uuid);
  if (before === undefined) return { report, missed: 0, ran: ran.sort(), past: [] };
  if (news === 'boot') {
    return { report, missed: 0, ran: ran.sort(), past: [...before.past, before.report.boot_id].slice(-PAST_KEPT) };
  }
  // An overtaken report of this boot still tells that a VM ran in it.
  const sameBoot = before.report.boot_id === report.boot_id;
  const both = sameBoot ? [...new Set([...before.ran, ...ran])].sort() : before.ran;
  return news === 'newer' ? { ...before, report, missed: 0, ran: both } : { ...before, ran: both };
}

/**
 * Keeps what a plan ordered of the one host that is told of it now, so that nothing is ordered a second time elsewhere
 * while the first may still happen. What was planned for others but never told binds nobody.
 */
export function entrust(inventory: Inventory, orders: Inventory['orders'], host: string): Inventory {
  const open = Object.entries(inventory.orders).filter(([, order]) => isOpen(inventory, order));
  const told = Object.entries(orders).filter(([, order]) => order.host === host);
  return { ...inventory, orders: Object.fromEntries([...open, ...told]) };
}

/** Whether an order may still be carried out, or has been without our knowing. */
export function isOpen(inventory: Inventory, order: Order): boolean {
  return inventory.hosts[order.host]?.report.boot_id === order.boot;
}
