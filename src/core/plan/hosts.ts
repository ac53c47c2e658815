import type { Step } from '../api/report.ts';
import { DISCOVERY } from '../boot/profile.ts';
import { reportedHardware } from '../boot/appliedText.ts';
import { poolOf } from '../cluster/pools.ts';
import type { HostEntry, VmEntry } from '../cluster/schema.ts';
import { isLost, type HostSeen, type Inventory } from '../inventory/inventory.ts';
import { entryFor, hostName, type Wanted } from './wanted.ts';

/** A host as the planner reckons with it. What is given away during planning is taken off `memory` and `room`. */
export interface PlanHost {
  readonly uuid: string;
  readonly name: string;
  readonly seen: HostSeen;
  readonly entry: HostEntry | undefined;
  /** The pool that it is in. */
  readonly pool: string | undefined;
  /** It has gone silent or cannot see its own disks and domains: what it has is unknown, and nothing is asked of it. */
  readonly lost: boolean;
  /** Bytes that new VMs may still have. */
  memory: number;
  /** Bytes left on each SR, by its UUID. */
  readonly room: Map<string, number>;
}

/** Bytes beside a VM's own memory: Xen's tables, and shadow or nested page tables, for a small guest. */
export const VM_OVERHEAD = 24 * 2 ** 20;
/** Attempts at one step in one boot of a host before a person is asked. */
const ATTEMPTS = 3;

/** A host that booted only to be seen is given nothing to do. */
const isForWork = ({ report }: HostSeen): boolean => report.host.profile !== DISCOVERY;

/** In order of name, then UUID: which report came first decides nothing. */
export function planHosts(wanted: Wanted, seen: Inventory): readonly PlanHost[] {
  const hosts = Object.entries(seen.hosts)
    .filter(([, host]) => isForWork(host))
    .map(([uuid, host]): PlanHost => planHost(wanted, uuid, host));
  return hosts.sort((a, b) => compare(a.name, b.name) || compare(a.uuid, b.uuid));
}

function planHost({ cluster }: Wanted, uuid: string, seen: HostSeen): PlanHost {
  const { report } = seen;
  const [name, entry] = [hostName(cluster, report), entryFor(cluster, report)];
  return {
    uuid,
    name,
    seen,
    entry,
    pool: poolOf(cluster, { name, entry, hardware: reportedHardware(report) })?.pool,
    lost: isLost(seen) || !report.complete,
    memory: report.host.memory_free,
    room: new Map(report.SRs.map((sr) => [sr.uuid, sr.physical_size - sr.physical_utilisation])),
  };
}

/** Whether a VM may be on a host. */
export const isMeantFor = ({ pool }: Pick<VmEntry, 'pool'>, host: PlanHost): boolean =>
  pool === undefined || pool === host.pool;

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);

/** Whether a host has a step about a thing at hand: its outcome is not in its report yet. */
export const isAt = (host: PlanHost, kind: Step['kind'], uuid: string): boolean =>
  host.seen.report.doing.some((id) => id.startsWith(`${kind}/${uuid}/`));

/** The id of the next attempt at a step, or what the last of too many said. */
export type Attempt = { readonly id: string } | { readonly failed: string };

export function attempt(host: PlanHost, kind: Step['kind'], uuid: string): Attempt {
  const stem = `${kind}/${uuid}/`;
  const failures = host.seen.report.done
    .filter((done) => !done.ok && done.step.startsWith(stem))
    .map((done) => ({ number: Number(done.step.slice(stem.length)), said: done.said }))
    .sort((a, b) => a.number - b.number);
  const last = failures.at(-1);
  if (last !== undefined && last.number >= ATTEMPTS) return { failed: last.said };
  return { id: `${stem}${(last?.number ?? 0) + 1}` };
}
