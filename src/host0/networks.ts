import type { Client } from '../core/boot/client.ts';
import type { Role } from '../core/boot/answer.ts';
import { networkOf } from '../core/cluster/networkOf.ts';
import type { Cluster, HostEntry } from '../core/cluster/schema.ts';
import type { ProfileEntry } from '../core/cluster/schemaBoot.ts';
import type { NetworkEntry } from '../core/cluster/schemaNetwork.ts';
import type { Reachable } from '../core/dhcp/belongs.ts';
import { HABITS, type NetworkHabits } from '../core/dhcp/habits.ts';
import type { Pool } from '../core/dhcp/pool.ts';
import { rawOptions } from '../core/dhcp/readOption.ts';
import type { RawOptions } from '../core/dhcp/tlv.ts';
import type { Ipv4, Subnet } from '../core/net/ipv4.ts';

/** A network on an interface of this machine. What stands here goes before what cluster.yaml says. */
export interface ServedNetwork {
  /** Its name in cluster.yaml, where that is known already. */
  readonly network?: string;
  readonly interface: string;
  /** The address to serve from. */
  readonly address: Ipv4;
  readonly subnet: Subnet;
  readonly gateway: Ipv4 | undefined;
  readonly dnsServers: readonly Ipv4[];
  readonly domain: string | undefined;
  readonly role: Role;
}

/** A network whose machines are served, on an interface or behind relay agents: the last good cluster.yaml's word. */
export interface Network extends Omit<Reachable, 'here'> {
  /** Undefined where machines come by relay agents only. */
  readonly served: ServedNetwork | undefined;
  readonly pool: Pool;
  readonly gateway: Ipv4 | undefined;
  readonly dnsServers: readonly Ipv4[];
  readonly domain: string | undefined;
  readonly role: Role;
  readonly authoritative: boolean;
  readonly habits: NetworkHabits;
}

/** What of cluster.yaml is about one machine: its entry, and the profile that it boots. */
export interface About {
  readonly host: HostEntry | undefined;
  readonly profile: ProfileEntry | undefined;
}

export type AboutOf = (client: Client) => About;

/** The networks of a cluster: those at the interfaces that are served, then those that only relay agents reach. */
export function networksOf(cluster: Cluster, served: readonly ServedNetwork[], aboutOf: AboutOf): readonly Network[] {
  const own = new Set(served.map(({ address }) => address));
  const here = served.map((one) => {
    const { name, entry } = networkOf(cluster, one);
    return networkFrom(name, entry, one.subnet, one, cluster, own, aboutOf);
  });
  const names = new Set(here.map(({ name }) => name));
  const far = Object.entries(cluster.networks).flatMap(([name, entry]) =>
    names.has(name) || entry.subnet === undefined || !(entry.relays ?? false)
      ? []
      : networkFrom(name, entry, entry.subnet, undefined, cluster, own, aboutOf),
  );
  return [...here, ...far];
}

function networkFrom(
  name: string,
  entry: NetworkEntry | undefined,
  subnet: Subnet,
  served: ServedNetwork | undefined,
  cluster: Cluster,
  own: ReadonlySet<Ipv4>,
  aboutOf: AboutOf,
): Network {
  const gateway = served?.gateway ?? entry?.gateway;
  const dnsServers = served?.dnsServers.length ? served.dnsServers : (entry?.dns ?? []);
  const role = served?.role ?? roleOf(entry);
  const relays = entry?.relays ?? false;
  const agents = typeof relays === 'boolean' ? [] : relays;
  const fixed = cluster.hosts.flatMap((host) => host.address ?? []);
  const excluded = new Set([...own, ...(gateway === undefined ? [] : [gateway]), ...dnsServers, ...agents, ...fixed]);
  return {
    name,
    subnet,
    served,
    relays,
    pool: { subnet, ranges: entry?.pools, excluded },
    gateway,
    dnsServers,
    domain: served?.domain ?? entry?.domain,
    role,
    authoritative: entry?.authoritative ?? (role === 'full' || role === 'emergency'),
    habits: habitsOf(entry, aboutOf),
  };
}

const roleOf = (entry: NetworkEntry | undefined): Role =>
  entry?.dhcp === 'silent' || entry?.dhcp === 'proxy' ? entry.dhcp : 'full';

function habitsOf(entry: NetworkEntry | undefined, aboutOf: AboutOf): NetworkHabits {
  if (entry === undefined) return { ...HABITS, options: optionsOf(new Map(), aboutOf) };
  const { leaseTime = HABITS.leaseTime, bootp, echoClientId, relayReply } = entry;
  return { leaseTime, bootp, echoClientId, relayReply, options: optionsOf(rawOptions(entry.options ?? {}), aboutOf) };
}

/** The network's options, over them those of the profile, over all those of the host; read once for each pair. */
function optionsOf(network: RawOptions, aboutOf: AboutOf): NetworkHabits['options'] {
  const none = {};
  const read = new WeakMap<object, WeakMap<object, RawOptions>>();
  return (client) => {
    const { host, profile } = aboutOf(client);
    if (host?.options === undefined && profile?.options === undefined) return network.size === 0 ? undefined : network;
    const [one, other] = [host ?? none, profile ?? none];
    const known = read.get(one) ?? new WeakMap<object, RawOptions>();
    read.set(one, known);
    const whole =
      known.get(other) ??
      new Map([...network, ...rawOptions(profile?.options ?? {}), ...rawOptions(host?.options ?? {})]);
    known.set(other, whole);
    return whole;
  };
}
