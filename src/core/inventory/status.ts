import type { HostReport } from '../api/report.ts';
import type { KnownMachine } from '../api/service.ts';
import type { Status, TimelineEntry } from '../api/status.ts';
import { reportedHardware } from '../boot/appliedText.ts';
import { HANDED_OVER } from '../boot/timeline.ts';
import { poolOf } from '../cluster/pools.ts';
import type { Cluster } from '../cluster/schema.ts';
import { networkUuid } from '../identity/uuid.ts';
import type { Mac } from '../net/mac.ts';
import type { Plan } from '../plan/plan.ts';
import { entryFor, hostName } from '../plan/wanted.ts';
import { whyNothing } from '../secrets/hostSecrets.ts';
import { isLost, type HostSeen, type Inventory } from './inventory.ts';
import { poolsOf } from './pools.ts';

export interface StatusFacts {
  readonly cluster: Cluster;
  readonly inventory: Inventory;
  readonly plan: Plan;
  /** Machines as the boot server knows them; the one that serves is not among them. */
  readonly machines: readonly KnownMachine[];
  /** The timeline of the current boot of the machine with a MAC address. */
  readonly timelineOf: (mac: Mac) => readonly TimelineEntry[];
  readonly server: Status['server'];
  /** The fingerprint of the SSH host key that is kept for a host; undefined where none is. */
  readonly keptKeyOf: (report: HostReport) => string | undefined;
  readonly warnings: readonly string[];
}

type HostStatus = Status['hosts'][number];

/** The cluster as `GET /api/v1/status` shows it: every host that has reported, boots, or is expected. */
export function statusOf(facts: StatusFacts): Status {
  const reported = Object.values(facts.inventory.hosts).map((seen) => reportedHost(seen, facts));
  const heardOf = macsIn(facts.inventory);
  const others = facts.machines
    .filter((machine) => !heardOf.has(machine.mac))
    .map((machine) => expectedHost(machine, facts.timelineOf(machine.mac)));
  const hosts = [...reported, ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    schema: 'pxen.status/1',
    cluster: { name: facts.cluster.cluster.name },
    server: facts.server,
    hosts,
    networks: networksOf(facts.cluster),
    pools: poolsOf(facts.cluster, hosts),
    vms: facts.plan.vms.map((vm) => ({ ...vm, console: consoleOf(vm.uuid, facts.inventory) })),
    warnings: [...facts.warnings, ...drivePulled(facts.server), ...facts.plan.warnings],
  };
}

/** In order of name: the order of lines in the file decides nothing. */
const networksOf = ({ cluster, networks }: Cluster): Status['networks'] =>
  [...new Set(['main', ...Object.keys(networks)])]
    .sort()
    .map((name) => ({ uuid: networkUuid(cluster.name, name), name_label: name }));

const macsIn = (inventory: Inventory): ReadonlySet<string> =>
  new Set(Object.values(inventory.hosts).flatMap(({ report }) => report.PIFs.map((pif) => pif.MAC)));

function reportedHost({ report, ...seen }: HostSeen, facts: StatusFacts): HostStatus {
  const { cluster, machines, timelineOf, keptKeyOf } = facts;
  const mac = bootMac(report, machines);
  const timeline = [...timelineOf(mac)];
  const why = whyNothing(cluster, { uuid: report.host.uuid, macs: [mac] });
  const sshKey = sshKeyOf(report.ssh_fingerprint, keptKeyOf(report), why);
  const [name, entry] = [hostName(cluster, report), entryFor(cluster, report)];
  const membership = poolOf(cluster, { name, entry, hardware: reportedHardware(report) }) ?? null;
  return { name, mac, membership, ...stateOf({ report, ...seen }, timeline), timeline, report, sshKey };
}

/** What a person is told of a host's SSH key. `why`: why no key is kept for it. */
function sshKeyOf(shown: string | undefined, kept: string | undefined, why: string | undefined): HostStatus['sshKey'] {
  const fingerprint = shown ?? kept;
  if (fingerprint === undefined) return null;
  if (fingerprint === kept) return { fingerprint, stays: true, why: null };
  const reason =
    kept === undefined ? (why ?? 'host0 keeps no keys') : 'the key that is kept for it has not reached it yet';
  return { fingerprint, stays: false, why: reason };
}

/**
 * The MAC by which the boot server knows a host, that of the card it was booted by before others; its first card's where it knows
 * none of them.
 */
export function bootMac(report: HostReport, machines: readonly KnownMachine[]): Mac {
  const known = new Set<string>(machines.map(({ mac }) => mac));
  const macs = report.PIFs.map((pif) => pif.MAC);
  // A report holds texts; this one is a MAC wherever it is looked up.
  return (macs.find((mac) => known.has(mac)) ?? macs[0] ?? '') as Mac;
}

function stateOf(seen: HostSeen, timeline: readonly TimelineEntry[]): Pick<HostStatus, 'state' | 'problem'> {
  const bootsAgain = timeline.length > 0 && !timeline.some(({ step }) => step === 'report' || step === 'ready');
  if (bootsAgain) return { state: 'booting', problem: null };
  if (isLost(seen))
    return { state: 'lost', problem: `no report for ${seen.missed} rounds; it may be off, hung or cut off` };
  const { ok, problems } = seen.report.health;
  return ok ? { state: 'ready', problem: null } : { state: 'unhealthy', problem: problems.join('; ') };
}

function expectedHost(machine: KnownMachine, timeline: readonly TimelineEntry[]): HostStatus {
  return {
    name: machine.name,
    mac: machine.mac,
    membership: machine.membership ?? null,
    state: expectedState(machine, timeline),
    problem: machine.problem,
    timeline: [...timeline],
    report: null,
  };
}

function expectedState(machine: KnownMachine, timeline: readonly TimelineEntry[]): HostStatus['state'] {
  if (timeline.at(-1)?.step === HANDED_OVER) return HANDED_OVER;
  if (machine.heard) return 'booting';
  return machine.wake === 'waking' ? 'waking' : 'off';
}

function consoleOf(uuid: string, inventory: Inventory): string[] {
  const all: HostReport['VMs'] = Object.values(inventory.hosts).flatMap((seen) =>
    isLost(seen) ? [] : seen.report.VMs,
  );
  return all.find((vm) => vm.uuid === uuid)?.console ?? [];
}

const drivePulled = (server: Status['server']): readonly string[] =>
  server.drive === 'pulled'
    ? ['the drive is pulled: the cluster runs on from RAM, but no wish can be changed until it is back']
    : [];
