import type { Cluster } from '../core/cluster/schema.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import type { TlsNames } from '../shell/tlsMake.ts';

interface Named {
  readonly network?: string | undefined;
  readonly address: Ipv4;
}

/** What a server is called on the networks that it serves, for its certificates. */
export function tlsNames(networks: readonly Named[], { cluster, networks: all }: Cluster): TlsNames {
  const domains = networks.map(({ network = 'main' }) => all[network]?.domain ?? `${cluster.name}.internal`);
  const names = [...new Set(domains)].map((domain) => `pxen.${domain}`);
  return { addresses: networks.map(({ address }) => address), names };
}
