import type { Cluster } from '../cluster/schema.ts';
import { numberOf } from '../identity/uuid.ts';
import { parseIpv4, parseSubnet, subnetAddress, subnetSize, type Ipv4, type Subnet } from '../net/ipv4.ts';

/** An address that host0 may serve from, with the prefix of its subnet. */
export interface ServiceAddress {
  readonly address: Ipv4;
  readonly prefix: number;
}

/** `10.1.2.1/24`; undefined for anything else. */
export function parseServiceAddress(text: string): ServiceAddress | undefined {
  const [address, subnet] = [parseIpv4(text.split('/')[0] ?? ''), parseSubnet(text)];
  return address === undefined || subnet === undefined ? undefined : { address, prefix: subnet.prefix };
}

export const serviceAddressText = ({ address, prefix }: ServiceAddress): string => `${address}/${prefix}`;

export const subnetOf = (own: ServiceAddress): Subnet => parseSubnet(serviceAddressText(own)) as Subnet;

const CANDIDATES = 8;

/**
 * Addresses to try, best first (docs/rules.md, rules 2 and 6): .1 of the subnet of network `main` and those after it,
 * leaving out its gateway; without a subnet in cluster.yaml .1 of a /24 in 10.0.0.0/8 that follows from the cluster's
 * name, and of further ones should somebody use that already.
 */
export function serviceAddresses(cluster: Pick<Cluster, 'cluster' | 'networks'>): readonly ServiceAddress[] {
  const main = cluster.networks['main'];
  if (main?.subnet === undefined) return derived(cluster.cluster.name);
  const { subnet, gateway } = main;
  const count = Math.min(CANDIDATES, subnetSize(subnet) - 2);
  return Array.from({ length: Math.max(0, count) }, (_, index) => subnetAddress(subnet, index + 1))
    .filter((address) => address !== gateway)
    .map((address) => ({ address, prefix: subnet.prefix }));
}

const derived = (name: string): readonly ServiceAddress[] =>
  Array.from({ length: CANDIDATES }, (_, index) => {
    const number = numberOf(0x1_0000, 'subnet', name, String(index));
    const subnet = parseSubnet(`10.${number >>> 8}.${number & 255}.0/24`) as Subnet;
    return { address: subnetAddress(subnet, 1), prefix: subnet.prefix };
  });
