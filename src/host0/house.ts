import type { BootView, ClusterService, TimelineStore } from '../core/api/service.ts';
import { LOADER_FILES } from '../core/boot/loaders.ts';
import { offersInVain, UNSTARTED } from '../core/boot/timeline.ts';
import { profileIn } from '../core/boot/wish.ts';
import { mtuOf } from '../core/cluster/networkOf.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import type { DhcpHouse } from '../core/dhcp/respond.ts';
import { subnetMask, type Ipv4 } from '../core/net/ipv4.ts';
import type { Mac } from '../core/net/mac.ts';
import type { Clock } from '../shell/clock.ts';
import type { Files } from '../shell/files.ts';
import type { ServeHttp } from '../shell/http.ts';
import type { Journal } from '../shell/journal.ts';
import type { OpenLink } from '../shell/link.ts';
import type { Log } from '../shell/log.ts';
import type { Carry } from '../shell/sending/carry.ts';
import type { TlsIdentity } from '../shell/tls.ts';
import type { OpenUdp, UdpPort } from '../shell/udp.ts';
import type { HousedNetwork } from './dhcp.ts';
import type { DnsMeans } from './dns.ts';
import { openLeases, type Leases } from './leases.ts';
import { createMachines, type Machines } from './machines.ts';
import { networksOf, type AboutOf, type Network, type ServedNetwork } from './networks.ts';
import { createTimelines } from './timelines.ts';
import { createWaker } from './wake.ts';

export interface Host0Options {
  /** The networks to serve, at least one; the first is where the cluster's own traffic is. */
  readonly networks: readonly [ServedNetwork, ...ServedNetwork[]];
  readonly cluster: () => Cluster;
  readonly release: string;
  /** SHA-256 of the release's manifest file, hex. */
  readonly manifestSha256: string;
  /** MACs of the machine that serves. */
  readonly own: ReadonlySet<Mac>;
  /** How much slower than metal machines are here: 1, or more in an emulated rack. */
  readonly slowness: number;
  /** Where the lease journal is, for messages. */
  readonly journalPath: string;
  readonly httpPort: number;
  /**
   * Serves HTTPS too, on this port. Keys that are still being made, or read from a slow drive, may come later: until then
   * all else is served. Undefined where there are none to come.
   */
  readonly https?: { readonly port: number; readonly tls: TlsIdentity | Promise<TlsIdentity | undefined> };
}

export interface Host0Deps {
  /** The drive's `boot/`. */
  readonly files: Files;
  /** The drive, for what settings and add-ons put onto hosts: empty where absent. */
  readonly drive?: Files | undefined;
  readonly journal: Journal;
  readonly openUdp: OpenUdp;
  /** Threads that carry out TFTP; absent where there are none. */
  readonly carry?: Carry;
  /** Raw frames; where they are not to be had, replies are broadcast and nobody is asked by ARP. */
  readonly openLink?: OpenLink;
  readonly serveHttp: ServeHttp;
  readonly clock: Clock;
  readonly log: Log;
  /** Absent where names are not to be served. */
  readonly dns?: DnsMeans;
  /** Makes the cluster service; called once, when boot service is up. */
  readonly service: (boot: BootView) => Promise<ClusterService>;
}

/** What the services share. */
export interface House {
  readonly leases: Leases;
  readonly machines: Machines;
  readonly want: (mac: Mac) => void;
  readonly service: () => Promise<ClusterService>;
  /** The networks as cluster.yaml has them now. */
  readonly networks: () => readonly Network[];
  /** Looks again which loaders are there. */
  readonly lookForLoaders: () => Promise<void>;
  /** The largest IP packet that the way to an address takes. */
  readonly mtuOf: (address: Ipv4) => number;
}

export async function furnish(
  options: Host0Options,
  deps: Host0Deps,
  wakePort: UdpPort,
  signal: AbortSignal,
): Promise<House> {
  const { clock, log } = deps;
  const began = clock.now();
  const uptime = (): number => (clock.now() - began) / 1000;
  const leases = await openLeases({ journal: deps.journal, path: options.journalPath, clock, log });
  let service: Promise<ClusterService> | undefined;
  let told: ClusterService | undefined;
  const timelines = createTimelines(uptime, (mac, entry) => {
    if (entry.step === UNSTARTED) log.say('BOOT_LOADER_UNSTARTED', { mac, loader: entry.detail });
    else log.say('BOOT_STEP', { mac, step: entry.step, detail: entry.detail });
    told?.onEvent(mac, entry);
  });
  const sent = (mac: Mac, count: number): void => timelines.add(mac, 'wake', `magic packet ${count}`);
  const waker = createWaker(wakePort, { clock, log, sent }, signal);
  const { address } = options.networks[0];
  const present = new Set<string>();
  const lookForLoaders = (): Promise<void> => lookForAll(LOADER_FILES, deps.files, present);
  await lookForLoaders();
  const machines = createMachines({ ...options, address, present, leases, timelines, waker, clock, log, uptime });
  const load = async (): Promise<ClusterService> => {
    told = await deps.service(machines);
    tellPast(timelines, told);
    return told;
  };
  return {
    leases,
    machines,
    want: (mac) => waker.want(mac),
    service: () => (service ??= load()),
    networks: networkReader(options, machines),
    lookForLoaders,
    mtuOf: (to) => mtuOf(options.cluster(), to),
  };
}

async function lookForAll(paths: readonly string[], files: Files, present: Set<string>): Promise<void> {
  const look = async (path: string): Promise<void> => {
    if ((await files.info(path)) === undefined) present.delete(path);
    else present.add(path);
  };
  await Promise.all(paths.map((path) => look(path)));
}

/** Machines may have done something before the cluster service was loaded. */
function tellPast(timelines: TimelineStore, service: ClusterService): void {
  const past = timelines.macs().flatMap((mac) => timelines.of(mac).map((entry) => ({ mac, entry })));
  for (const { mac, entry } of past.toSorted((one, other) => one.entry.at - other.entry.at))
    service.onEvent(mac, entry);
}

/** Reckons the networks anew when cluster.yaml changes. */
function networkReader({ cluster, networks }: Host0Options, machines: Machines): () => readonly Network[] {
  const aboutOf: AboutOf = (client) => {
    const machine = machines.of(client);
    if (machine === undefined) return { host: undefined, profile: undefined };
    return { host: machine.entry, profile: cluster().profiles[profileIn(machine.wish)?.name ?? ''] };
  };
  let of: Cluster | undefined;
  let known: readonly Network[] = [];
  return () => {
    if (of !== cluster()) known = networksOf((of = cluster()), networks, aboutOf);
    return known;
  };
}

/**
 * What DHCP knows of the networks whose machines come by one interface; the same list while cluster.yaml stands. Where this
 * server knows names, machines are told to ask it before all others.
 */
export function dhcpHouses(
  options: Host0Options,
  house: House,
  link: ServedNetwork,
  knowsNames: boolean,
): () => readonly HousedNetwork[] {
  const own = new Set(options.networks.map(({ address }) => address));
  let of: readonly Network[] | undefined;
  let known: readonly HousedNetwork[] = [];
  return () => {
    const networks = house.networks();
    if (of === networks) return known;
    of = networks;
    // Those on other interfaces are theirs to answer, unless a relay agent brings somebody here.
    known = networks.map((network) => {
      const { name, subnet, relays } = network;
      return {
        name,
        subnet,
        relays,
        here: network.served === link,
        house: dhcpHouse(options, house, link, knowsNames ? withNames(network, link) : network, own),
      };
    });
    return known;
  };
}

const withNames = (network: Network, { address }: ServedNetwork): Network => ({
  ...network,
  dnsServers: [address, ...network.dnsServers],
});

function dhcpHouse(
  options: Host0Options,
  { machines, leases }: House,
  link: ServedNetwork,
  network: Network,
  own: ReadonlySet<Ipv4>,
): DhcpHouse {
  const { pool, authoritative, habits, role } = network;
  return {
    role,
    book: leases.book,
    server: link.address,
    subnetMask: subnetMask(network.subnet),
    router: network.gateway,
    dnsServers: network.dnsServers,
    domain: network.domain,
    httpBase: httpBase(options, link),
    rules: { own, pool, authoritative },
    habits,
    policy: (client) => machines.policyOf(role, client),
    offersInVain: ({ mac }) => (mac === null ? 0 : offersInVain(machines.timelines.of(mac))),
    fixedAddress: (client) => machines.of(client)?.entry?.address,
    hasLoader: ({ mac }) => mac !== null && machines.timelines.of(mac).some(({ step }) => step === 'loader'),
    // A guest of a host has a name of its own; only machines that boot from here are told one.
    hostName: ({ mac }) =>
      mac !== null && (leases.book.ofMac(mac)?.boots ?? false) ? machines.machine(mac).name : undefined,
  };
}

/** Where boot URLs begin. */
export const httpBase = ({ httpPort }: Host0Options, { address }: ServedNetwork): string =>
  `http://${address}${httpPort === 80 ? '' : `:${httpPort}`}`;
