import type { Role } from '../core/boot/answer.ts';
import type { BootView, ClusterService, TimelineStore } from '../core/api/service.ts';
import type { Client } from '../core/boot/client.ts';
import type { Facts } from '../core/boot/facts.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import type { Pool } from '../core/dhcp/pool.ts';
import type { DhcpHouse } from '../core/dhcp/respond.ts';
import { subnetMask, type Ipv4, type Subnet } from '../core/net/ipv4.ts';
import type { Mac } from '../core/net/mac.ts';
import type { Clock } from '../shell/clock.ts';
import type { Files, Journal } from '../shell/files.ts';
import type { ServeHttp } from '../shell/http.ts';
import type { Log } from '../shell/log.ts';
import type { TlsIdentity } from '../shell/tls.ts';
import type { OpenUdp, UdpPort } from '../shell/udp.ts';
import { openLeases, type Leases } from './leases.ts';
import { createMachines, type Machines } from './machines.ts';
import { createTimelines } from './timelines.ts';
import { createWaker } from './wake.ts';

export interface Host0Options {
  readonly interface: string;
  readonly address: Ipv4;
  readonly subnet: Subnet;
  readonly gateway: Ipv4 | undefined;
  readonly dnsServers: readonly Ipv4[];
  readonly domain: string | undefined;
  readonly cluster: () => Cluster;
  readonly release: string;
  /** SHA-256 of the release's manifest file, hex. */
  readonly manifestSha256: string;
  readonly role: Role;
  /** MACs of the machine that serves. */
  readonly own: ReadonlySet<Mac>;
  /** How much slower than metal machines are here: 1, or more in an emulated rack. */
  readonly slowness: number;
  /** Where the lease journal is, for messages. */
  readonly journalPath: string;
  readonly httpPort: number;
  /** Serves HTTPS too, with this certificate on this port. */
  readonly https?: { readonly tls: TlsIdentity; readonly port: number };
}

export interface Host0Deps {
  /** The drive's `boot/`. */
  readonly files: Files;
  readonly journal: Journal;
  readonly openUdp: OpenUdp;
  readonly serveHttp: ServeHttp;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes the cluster service; called once, when boot service is up. */
  readonly service: (boot: BootView) => Promise<ClusterService>;
}

/** Seconds that a machine's address is kept from when it fetches its facts until its agent reports. */
const FACTS_KEPT = 3600;

/** What the services share. */
export interface House {
  readonly leases: Leases;
  readonly machines: Machines;
  readonly want: (mac: Mac) => void;
  readonly service: () => Promise<ClusterService>;
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
    log.say('BOOT_STEP', { mac, step: entry.step, detail: entry.detail });
    told?.onEvent(mac, entry);
  });
  const sent = (mac: Mac, count: number): void => timelines.add(mac, 'wake', `magic packet ${count}`);
  const waker = createWaker(wakePort, { clock, log, sent }, signal);
  const machines = createMachines({ ...options, leases, timelines, waker, clock, uptime });
  const load = async (): Promise<ClusterService> => {
    told = await deps.service(machines);
    tellPast(timelines, told);
    return told;
  };
  return { leases, machines, want: (mac) => waker.want(mac), service: () => (service ??= load()) };
}

/** Machines may have done something before the cluster service was loaded. */
function tellPast(timelines: TimelineStore, service: ClusterService): void {
  const past = timelines.macs().flatMap((mac) => timelines.of(mac).map((entry) => ({ mac, entry })));
  for (const { mac, entry } of past.toSorted((one, other) => one.entry.at - other.entry.at))
    service.onEvent(mac, entry);
}

/** What DHCP knows of its network. */
export function dhcpHouse(options: Host0Options, { machines, leases }: House): DhcpHouse {
  const { address, subnet } = options;
  const pool = poolMaker(options);
  const entryOf = (client: Client) => (client.mac === null ? undefined : machines.machine(client.mac).entry);
  return {
    role: options.role,
    book: leases.book,
    server: address,
    subnetMask: subnetMask(subnet),
    router: options.gateway,
    dnsServers: options.dnsServers,
    domain: options.domain,
    httpBase: httpBase(options),
    rules: {
      own: new Set([address]),
      get pool() {
        return pool();
      },
    },
    fixedAddress: (client) => entryOf(client)?.address,
    hasLoader: ({ mac }) => mac !== null && machines.timelines.of(mac).some(({ step }) => step === 'loader'),
    // A guest of a host has a name of its own; only machines that boot from here are told one.
    hostName: ({ mac }) =>
      mac !== null && (leases.book.ofMac(mac)?.boots ?? false) ? machines.machine(mac).name : undefined,
  };
}

/** The pool, made anew when cluster.yaml changes. */
function poolMaker({ address, subnet, gateway, dnsServers, cluster }: Host0Options): () => Pool {
  let of: Cluster | undefined;
  let pool: Pool = { subnet, excluded: new Set() };
  return () => {
    if (of === cluster()) return pool;
    of = cluster();
    const fixed = of.hosts.flatMap((host) => host.address ?? []);
    const excluded = new Set([address, ...(gateway === undefined ? [] : [gateway]), ...dnsServers, ...fixed]);
    return (pool = { subnet, excluded });
  };
}

/** Where boot URLs begin. */
export const httpBase = ({ address, httpPort }: Host0Options): string =>
  `http://${address}${httpPort === 80 ? '' : `:${httpPort}`}`;

/** The facts of a machine that asks from an address; keeps that address for it. */
export function factsOf(options: Host0Options, { machines, leases }: House, mac: Mac, from: Ipv4): Facts {
  leases.keep(mac, FACTS_KEPT);
  return {
    boot: 'network',
    server: options.address,
    mac,
    gateway: options.gateway,
    release: options.release,
    address: leases.book.ofMac(mac)?.address ?? from,
    prefix: options.subnet.prefix,
    name: machines.machine(mac).name,
    cluster: options.cluster().cluster.name,
    manifest: options.manifestSha256,
  };
}
