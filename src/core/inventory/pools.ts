import type { Status } from '../api/status.ts';
import { poolNames } from '../cluster/pools.ts';
import type { Cluster } from '../cluster/schema.ts';
import { poolUuid } from '../identity/uuid.ts';

type Host = Pick<Status['hosts'][number], 'name' | 'membership' | 'report'>;

/** The pools of a cluster in XAPI's terms, in order of name. `hosts`: in order of name. */
export function poolsOf(cluster: Cluster, hosts: readonly Host[]): NonNullable<Status['pools']> {
  return [...poolNames(cluster)].sort().map((name) => {
    const entry = Object.hasOwn(cluster.pools, name) ? cluster.pools[name] : undefined;
    const members = hosts.filter(({ membership }) => membership?.pool === name);
    const master = members.find((host) => host.name === (entry?.master ?? host.name));
    return {
      uuid: poolUuid(cluster.cluster.name, name),
      name_label: name,
      name_description: entry?.description ?? '',
      master: master?.report?.host.uuid ?? null,
    };
  });
}
