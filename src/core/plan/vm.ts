import type { Step } from '../api/report.ts';
import { vmMac } from '../identity/uuid.ts';
import { isOpen, type Inventory, type Order } from '../inventory/inventory.ts';
import { attempt, isAt, isMeantFor, VM_OVERHEAD, type PlanHost } from './hosts.ts';
import { place } from './place.ts';
import type { Wanted, WantedVm } from './wanted.ts';

/** What a decision about one VM may look at. */
export interface VmContext {
  readonly wanted: Wanted;
  readonly seen: Inventory;
  readonly hosts: readonly PlanHost[];
  /** Whose word is missing before anything new may be made; empty for nobody's. */
  readonly awaited: readonly string[];
}

/** What shall be done about one VM, and why. */
export interface VmDecision {
  readonly state: 'waiting' | 'starting' | 'running' | 'halted' | 'failed';
  readonly host: PlanHost | null;
  readonly reason: string | null;
  readonly step?: Step;
  /** Set where something was ordered that must not be ordered elsewhere while it may still happen. */
  readonly order?: { readonly of: string; readonly order: Order };
}

type Rule = (vm: WantedVm, context: VmContext) => VmDecision | undefined;

/** The first rule that has an answer decides. */
export function decideVm(vm: WantedVm, context: VmContext): VmDecision {
  const rules: readonly Rule[] = [whereItIs, underWay, whereItMayBe, notToStart, itsDisk, anywhere];
  for (const rule of rules) {
    const decision = rule(vm, context);
    if (decision !== undefined) return decision;
  }
  return waiting(null, 'no rule of the planner covers it');
}

const waiting = (host: PlanHost | null, reason: string): VmDecision => ({ state: 'waiting', host, reason });
const failed = (host: PlanHost | null, reason: string): VmDecision => ({ state: 'failed', host, reason });
const names = (hosts: readonly PlanHost[]): string => hosts.map((host) => host.name).join(' and ');

/** Some host has a domain of it. */
function whereItIs(vm: WantedVm, { hosts }: VmContext): VmDecision | undefined {
  const found = hosts.flatMap((host) =>
    host.seen.report.VMs.filter((entry) => entry.uuid === vm.uuid).map((entry) => ({ host, entry })),
  );
  const alive = found.filter(({ host, entry }) => !host.lost && /^(Running|Paused)$/.test(entry.power_state));
  const [first] = alive;
  if (first !== undefined) {
    const twice =
      alive.length > 1 ? `it runs on ${names(alive.map(({ host }) => host))}: stop one of them at once` : null;
    return { state: 'running', host: first.host, reason: twice };
  }
  const silent = found.find(({ host }) => host.lost);
  if (silent !== undefined) return waiting(silent.host, `${silent.host.name} cannot be asked and may still run it`);
  const [rest] = found;
  if (rest === undefined) return undefined;
  return rest.entry.power_state === 'Crashed'
    ? failed(rest.host, `it crashed on ${rest.host.name}`)
    : waiting(rest.host, `it is going down on ${rest.host.name}`);
}

/** Some host is about to make its disk or to start it, by whatever server's order. */
function underWay(vm: WantedVm, { hosts }: VmContext): VmDecision | undefined {
  const starts = hosts.find((host) => isAt(host, 'vm.start', vm.uuid));
  const host = starts ?? hosts.find((other) => isAt(other, 'vdi.create', vm.vdi));
  if (host === undefined) return undefined;
  if (host.lost)
    return waiting(host, `${host.name} was about to ${starts ? 'start it' : 'make its disk'} and cannot be asked`);
  host.memory -= vm.entry.memory + VM_OVERHEAD;
  return { state: 'starting', host, reason: starts ? null : `its disk is being made on ${host.name}` };
}

/** It was ordered to start on a host that has not been heard since, or ran and ended by itself. */
function whereItMayBe(vm: WantedVm, { seen, hosts }: VmContext): VmDecision | undefined {
  const order = seen.orders[vm.uuid];
  const ordered = order && isOpen(seen, order) ? hosts.find((host) => host.uuid === order.host) : undefined;
  if (ordered?.lost) return waiting(ordered, `${ordered.name} was told to start it and cannot be asked`);
  const ended = hosts.find((host) => host.seen.ran.includes(vm.uuid));
  return ended && { state: 'halted', host: ended, reason: `it was shut down on ${ended.name}` };
}

function notToStart(vm: WantedVm, { wanted }: VmContext): VmDecision | undefined {
  if (vm.entry.start === 'manual') return { state: 'halted', host: null, reason: 'cluster.yaml says start: manual' };
  const { image } = vm.entry;
  return wanted.images[image] ? undefined : failed(null, `this release has no image "${image}"`);
}

/** A VM starts where its disk is, and nowhere else; not where cluster.yaml says by its pool that it shall not be. */
function itsDisk(vm: WantedVm, context: VmContext): VmDecision | undefined {
  if (vm.entry.disk === undefined) return undefined;
  const copies = context.hosts.flatMap((host) =>
    host.seen.report.VDIs.filter((vdi) => vdi.uuid === vm.vdi).map((vdi) => ({ host, sr: vdi.SR })),
  );
  const [only, ...more] = copies;
  if (only === undefined) return undefined;
  if (more.length > 0) {
    return failed(
      null,
      `its disk exists on ${names(copies.map(({ host }) => host))}: remove the one that is not wanted`,
    );
  }
  if (only.host.lost) return waiting(only.host, `its disk is on ${only.host.name}, which cannot be asked`);
  if (!isMeantFor(vm.entry, only.host)) {
    return waiting(only.host, `its disk is on ${only.host.name}, which is not in the pool ${vm.entry.pool}`);
  }
  return start(vm, only.host, { sr: only.sr, uuid: vm.vdi }, context);
}

/** It is nowhere yet: wait for all who may have it, then choose a host. */
function anywhere(vm: WantedVm, context: VmContext): VmDecision {
  const key = vm.entry.disk === undefined ? vm.uuid : vm.vdi;
  const order = context.seen.orders[key];
  const before = order && isOpen(context.seen, order) ? order : undefined;
  if (before === undefined && context.awaited.length > 0) {
    return waiting(null, `it may be known to others that have not been heard yet: ${context.awaited.join(', ')}`);
  }
  const found = place(vm.entry, context.hosts, before);
  if ('reason' in found) return waiting(found.host, found.reason);
  if (found.sr === null) return start(vm, found.host, null, context);
  return create(vm, found.host, found.sr);
}

function create(vm: WantedVm, host: PlanHost, sr: string): VmDecision {
  const next = attempt(host, 'vdi.create', vm.vdi);
  if ('failed' in next) return failed(host, `its disk could not be made on ${host.name}: ${next.failed}`);
  const size = vm.entry.disk?.size ?? 0;
  host.room.set(sr, (host.room.get(sr) ?? 0) - size);
  host.memory -= vm.entry.memory + VM_OVERHEAD;
  return {
    state: 'starting',
    host,
    reason: `its disk is being made on ${host.name}`,
    step: { kind: 'vdi.create', id: next.id, sr, uuid: vm.vdi, name: vm.entry.name, size },
    order: { of: vm.vdi, order: { host: host.uuid, boot: host.seen.report.boot_id, sr } },
  };
}

type Vdi = { readonly sr: string; readonly uuid: string } | null;

function start(vm: WantedVm, host: PlanHost, vdi: Vdi, context: VmContext): VmDecision {
  const need = vm.entry.memory + VM_OVERHEAD;
  const image = context.wanted.images[vm.entry.image];
  if (host.seen.report.host.software_version.xen === '') return waiting(host, `Xen does not answer on ${host.name}`);
  if (host.memory < need) {
    return waiting(host, `${host.name} has ${mebibytes(host.memory)} MiB free, it needs ${mebibytes(need)}`);
  }
  const next = attempt(host, 'vm.start', vm.uuid);
  if ('failed' in next) return failed(host, next.failed);
  if (image === undefined) return failed(null, `this release has no image "${vm.entry.image}"`);
  host.memory -= need;
  return {
    state: 'starting',
    host,
    reason: null,
    step: { kind: 'vm.start', id: next.id, ...machineOf(vm, context.wanted), ...image, vdi },
    order: { of: vm.uuid, order: { host: host.uuid, boot: host.seen.report.boot_id, sr: null } },
  };
}

function machineOf({ entry, uuid }: WantedVm, wanted: Wanted) {
  const { name, cpus, memory, network } = entry;
  return { uuid, name, cpus, memory, mac: network === undefined ? null : vmMac(wanted.cluster.cluster.name, name) };
}

const mebibytes = (bytes: number): number => Math.max(0, Math.floor(bytes / 2 ** 20));
