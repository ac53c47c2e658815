import type { Step } from '../api/report.ts';
import { isOpen, type Inventory, type Order } from '../inventory/inventory.ts';
import { planDisks } from './disks.ts';
import { isAt, planHosts, type PlanHost } from './hosts.ts';
import { awaited } from './settled.ts';
import { decideVm, type VmContext, type VmDecision } from './vm.ts';
import { wantedVms, type Wanted, type WantedVm } from './wanted.ts';

/** One VM of the plan, in the words of `GET /api/v1/status`. */
export interface PlannedVm {
  readonly name: string;
  readonly uuid: string;
  /** Name of the host; null where there is none yet. */
  readonly host: string | null;
  readonly state: VmDecision['state'];
  readonly reason: string | null;
}

/** A plan is a value: it is compared, shown and handed out, never changed. */
export interface Plan {
  /** Grows with every plan that differs from the one before. */
  readonly number: number;
  /** By UUID of the host, in the order in which they are to be carried out. */
  readonly steps: Readonly<Record<string, readonly Step[]>>;
  readonly vms: readonly PlannedVm[];
  readonly warnings: readonly string[];
  /** What is ordered where, to be kept with the inventory (`entrust`). */
  readonly orders: Inventory['orders'];
  /** Sentences for a person: what is done and why. */
  readonly explanation: readonly string[];
}

/**
 * What to do next about the difference between what is wanted and what is seen. Pure: the same wishes and the same
 * reports, in whatever order they came, give the same plan. Only what a host can do now is in it; what follows from its
 * outcome is planned when the outcome has been seen.
 */
export function plan(wanted: Wanted, seen: Inventory, before?: Plan): Plan {
  const hosts = planHosts(wanted, seen);
  const disks = hosts
    .filter((host) => !host.lost)
    .map((host) => ({ host, plan: planDisks(host, wanted.cluster.cluster.name) }));
  const context: VmContext = { wanted, seen, hosts, awaited: awaited(wanted, seen, hosts) };
  const vms = decideAll(wantedVms(wanted), context);
  const steps = new Map<string, Step[]>();
  const order = (host: PlanHost, more: readonly Step[]): void => {
    if (more.length > 0) steps.set(host.uuid, [...(steps.get(host.uuid) ?? []), ...more]);
  };
  disks.forEach((disk) => order(disk.host, disk.plan.steps));
  vms.forEach(({ decision: { host, step } }) => host && step && order(host, [step]));
  const draft = {
    steps: Object.fromEntries(steps),
    vms: vms.map(plannedVm),
    warnings: [...disks.flatMap((disk) => disk.plan.warnings), ...strangers(hosts, vms)],
    orders: ordersAfter(seen, vms),
  };
  return numbered({ ...draft, explanation: explain(draft, hosts) }, before);
}

interface Decided {
  readonly vm: WantedVm;
  readonly decision: VmDecision;
}

/** VMs whose place is given come first, so that none of them loses its memory to one that could go elsewhere. */
function decideAll(vms: readonly WantedVm[], context: VmContext): readonly Decided[] {
  const isBound = (vm: WantedVm): boolean =>
    context.hosts.some((host) => host.seen.report.VDIs.some((vdi) => vdi.uuid === vm.vdi)) ||
    context.hosts.some((host) => isAt(host, 'vm.start', vm.uuid) || isAt(host, 'vdi.create', vm.vdi)) ||
    [vm.uuid, vm.vdi].some((uuid) => uuid in context.seen.orders);
  const ordered = [...vms.filter(isBound), ...vms.filter((vm) => !isBound(vm))];
  const decided = new Map(ordered.map((vm) => [vm.uuid, { vm, decision: decideVm(vm, context) }]));
  return vms.flatMap((vm) => decided.get(vm.uuid) ?? []);
}

const plannedVm = ({ vm, decision }: Decided): PlannedVm => ({
  name: vm.entry.name,
  uuid: vm.uuid,
  host: decision.host?.name ?? null,
  state: decision.state,
  reason: decision.reason,
});

/** VMs that run but stand in no cluster.yaml: said, and left alone. */
function strangers(hosts: readonly PlanHost[], vms: readonly Decided[]): readonly string[] {
  const known = new Set(vms.map(({ vm }) => vm.uuid));
  return hosts.flatMap((host) =>
    host.seen.report.VMs.filter((vm) => !known.has(vm.uuid)).map(
      (vm) => `VM ${vm.name_label} runs on ${host.name} but is not in cluster.yaml; it is left alone`,
    ),
  );
}

/** Orders that may still happen are kept, new ones added. */
function ordersAfter(seen: Inventory, vms: readonly Decided[]): Inventory['orders'] {
  const open = Object.entries(seen.orders).filter(([, order]) => isOpen(seen, order));
  const fresh = vms.flatMap(({ decision }): [string, Order][] =>
    decision.order === undefined ? [] : [[decision.order.of, decision.order.order]],
  );
  return Object.fromEntries([...open, ...fresh].sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Draft = Omit<Plan, 'number' | 'explanation'>;

function explain(draft: Draft, hosts: readonly PlanHost[]): readonly string[] {
  const nameOf = (uuid: string): string => hosts.find((host) => host.uuid === uuid)?.name ?? uuid;
  const steps = Object.entries(draft.steps).flatMap(([uuid, list]) =>
    list.map((step) => `${nameOf(uuid)}: ${stepText(step)}`),
  );
  const vms = draft.vms.map(
    (vm) => `VM ${vm.name}: ${vm.state}${vm.host ? ` on ${vm.host}` : ''}${vm.reason ? `: ${vm.reason}` : ''}`,
  );
  return [...steps, ...vms, ...draft.warnings];
}

function stepText(step: Step): string {
  switch (step.kind) {
    case 'sr.create':
      return `make storage ${step.name} on the empty disk ${step.serial}`;
    case 'vdi.create':
      return `make the disk of ${step.name}, ${step.size} bytes`;
    case 'vm.start':
      return `start ${step.name}`;
  }
}

function numbered(draft: Omit<Plan, 'number'>, before: Plan | undefined): Plan {
  const number = before?.number ?? 0;
  const same =
    before !== undefined && JSON.stringify({ ...before, number: 0 }) === JSON.stringify({ ...draft, number: 0 });
  return { ...draft, number: same ? number : number + 1 };
}
