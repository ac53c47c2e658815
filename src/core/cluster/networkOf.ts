import { inSubnet, type Ipv4, type Subnet } from '../net/ipv4.ts';
import type { Cluster } from './schema.ts';
import type { NetworkEntry } from './schemaNetwork.ts';

/** A network of cluster.yaml under its name. */
export interface NamedNetwork {
  readonly name: string;
  /** Undefined where cluster.yaml says nothing of it. */
  readonly entry: NetworkEntry | undefined;
}

/** Where a machine serves. */
export interface ServedLink {
  /** Its name in cluster.yaml, where that is known already. */
  readonly network?: string;
  readonly interface: string;
  readonly address: Ipv4;
  readonly subnet: Subnet;
}

/**
 * What cluster.yaml says of the network at an interface: the entry of its name, else the one that names the interface, else
 * the one in whose subnet the served address is, else `main` where it says neither.
 */
export function networkOf(cluster: Pick<Cluster, 'networks'>, link: ServedLink): NamedNetwork {
  const all = Object.entries(cluster.networks);
  const found =
    all.find(([name]) => name === link.network) ??
    all.find(([, entry]) => entry.interface === link.interface) ??
    all.find(([, { subnet }]) => subnet !== undefined && inSubnet(subnet, link.address)) ??
    all.find(([name, entry]) => name === 'main' && entry.interface === undefined && entry.subnet === undefined);
  return found === undefined ? { name: link.interface, entry: undefined } : { name: found[0], entry: found[1] };
}

/** What an IP packet may have on Ethernet. */
const USUAL_MTU = 1500;

/** The largest IP packet that the way to an address takes, as far as cluster.yaml says. */
export function mtuOf(cluster: Pick<Cluster, 'networks'>, address: Ipv4): number {
  const home = Object.values(cluster.networks).find(({ subnet }) => subnet !== undefined && inSubnet(subnet, address));
  return home?.mtu ?? (home === undefined ? cluster.networks['main']?.mtu : undefined) ?? USUAL_MTU;
}
