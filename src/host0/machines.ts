import type { BootView, KnownMachine, TimelineStore, WakeState } from '../core/api/service.ts';
import type { Policy, Role } from '../core/boot/answer.ts';
import type { Client } from '../core/boot/client.ts';
import type { Machine, Marks } from '../core/boot/machine.ts';
import { stoppedSentence } from '../core/boot/timeline.ts';
import { STRANGER } from '../core/boot/wish.ts';
import { wakeProblem, type Waking } from '../core/boot/wake.ts';
import { poolOf } from '../core/cluster/pools.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import type { Mac } from '../core/net/mac.ts';
import type { Clock } from '../shell/clock.ts';
import type { Log } from '../shell/log.ts';
import type { Leases } from './leases.ts';
import { MachineCache } from './machineCache.ts';
import { TwinWatch } from './twins.ts';
import type { Waker } from './wake.ts';

/** Everything the boot server knows of machines. */
export interface Machines extends BootView {
  /** The machine as cluster.yaml and its own marks make it. */
  machine(mac: Mac, uuid?: string): Machine;
  /** The machine that sent a DHCP message; undefined where it has no MAC. */
  of(client: Client): Machine | undefined;
  /** A machine has told marks of its board. */
  told(mac: Mac, marks: Partial<Marks>): void;
  /** What is decided by about a machine, where the server has this role; undefined for one that nothing tells. */
  policy(role: Role, mac: Mac | undefined): Policy;
  /** The same for whoever sent a DHCP message. */
  policyOf(role: Role, client: Client): Policy;
  /** The machine behind an address that this server gave. */
  macAt(address: Ipv4): Mac | undefined;
  /** Something came from this machine: it need not be woken. */
  heard(mac: Mac): void;
  /** Enters a step, and says that the machine was heard. */
  step(mac: Mac, step: string, detail: string): void;
}

export interface MachineDeps {
  readonly cluster: () => Cluster;
  readonly leases: Leases;
  readonly timelines: TimelineStore;
  readonly waker: Waker;
  readonly clock: Clock;
  readonly log: Log;
  readonly address: Ipv4;
  readonly release: string;
  /** The loaders that are there. */
  readonly present: ReadonlySet<string>;
  readonly uptime: () => number;
  /** The cards of the machine that serves: it neither boots from here nor is woken. */
  readonly own: ReadonlySet<Mac>;
  /** How much slower than metal machines are here. */
  readonly slowness: number;
}

/** Seconds that the address of a machine is kept after its last sign of life. */
const KEPT = 3600;

/** What takes in every sign of life of a machine. */
function earsOf({ timelines, waker, leases }: MachineDeps, names: MachineCache, twins: TwinWatch) {
  const heardOf = new Set<Mac>();
  const heard = (mac: Mac): void => {
    heardOf.add(mac);
    waker.heard(mac);
  };
  const step: Machines['step'] = (mac, name, detail) => {
    heard(mac);
    timelines.add(mac, name, detail);
    twins.heard(mac, name, names.uuidOf(mac));
  };
  const reported: Machines['reported'] = (mac, healthy, detail) => {
    heard(mac);
    twins.heard(mac, 'report', names.uuidOf(mac));
    leases.keep(mac, KEPT);
    for (const name of stepsOfReport(timelines, mac, healthy)) timelines.add(mac, name, detail);
  };
  return { heardOf, ears: { heard, step, reported } };
}

export function createMachines(deps: MachineDeps): Machines {
  const { leases, timelines } = deps;
  const twins = new TwinWatch(timelines, deps.log);
  const names = new MachineCache({ ...deps, isShared: (uuid) => twins.has(uuid) });
  const { heardOf, ears } = earsOf(deps, names, twins);
  const known = (mac: Mac): KnownMachine => describe(names.machine(mac), heardOf.has(mac), deps);
  const macAt = (address: Ipv4): Mac | undefined => leases.book.at(address)?.mac ?? undefined;
  return {
    timelines,
    address: deps.address,
    release: deps.release,
    uptime: deps.uptime,
    machine: (mac, uuid) => names.machine(mac, uuid),
    of: (client) => names.of(client),
    told: (mac, marks) => names.told(mac, marks),
    policyOf: (role, client) => policyFor(role, names.of(client), deps),
    policy: (role, mac) => policyFor(role, mac && names.machine(mac), deps),
    macAt,
    ...ears,
    machines: () => allMacs(deps).map(known).toSorted(byName),
    machineAt: (address) => {
      const mac = macAt(address);
      return mac === undefined ? undefined : known(mac);
    },
    twins: () => twins.all(),
  };
}

const byName = (one: KnownMachine, other: KnownMachine): number => (one.name < other.name ? -1 : 1);

const policyFor = (role: Role, machine: Machine | undefined, { present, cluster }: MachineDeps): Policy => ({
  role,
  wish: machine?.wish ?? STRANGER,
  loaders: { present, own: cluster().boot.loaders },
});

/** The first report of a boot is a step, and so is the first healthy one. */
function stepsOfReport(timelines: TimelineStore, mac: Mac, healthy: boolean): string[] {
  const done = new Set(timelines.of(mac).map((entry) => entry.step));
  return ['report', ...(healthy ? ['ready'] : [])].filter((name) => !done.has(name));
}

/** Names of cluster.yaml, machines that ever booted from here, machines that boot now. */
function allMacs({ cluster, leases, timelines, own }: MachineDeps): Mac[] {
  const listed = cluster().hosts.flatMap(({ mac }) => mac ?? []);
  const booted = [...leases.book.all()].flatMap((lease) => (lease.boots && lease.mac !== null ? lease.mac : []));
  return [...new Set([...listed, ...booted, ...timelines.macs()])].filter((mac) => !own.has(mac));
}

function describe(machine: Machine, heard: boolean, deps: MachineDeps): KnownMachine {
  const { mac, name, entry, wish } = machine;
  const { leases, timelines, waker, clock, uptime, slowness } = deps;
  const waking = waker.of(mac);
  const unwoken = heard ? null : wakeProblem(waking, clock.now());
  const denied = wish.kind === 'refuse' ? `${wish.why} [${wish.rule}]` : null;
  return {
    mac,
    name,
    address: leases.book.ofMac(mac)?.address ?? entry?.address ?? null,
    listed: entry !== undefined,
    membership: poolOf(deps.cluster(), machine),
    wake: wakeStateOf(waking, heard, unwoken),
    heard,
    problem: denied ?? unwoken ?? stoppedSentence(timelines.of(mac), uptime(), slowness),
  };
}

function wakeStateOf(waking: Waking | undefined, heard: boolean, problem: string | null): WakeState {
  if (waking === undefined) return 'none';
  if (heard) return 'heard';
  return problem === null ? 'waking' : 'unheard';
}
