import type { Cluster, HostEntry } from '../cluster/schema.ts';
import type { Mac } from '../net/mac.ts';

/** What a machine can be known by. */
export interface HostMarks {
  readonly uuid: string;
  readonly serial: string;
  readonly macs: readonly string[];
}

/** The entry of cluster.yaml for a machine: by UUID, else by serial number, else by any of its MACs. */
export function entryOf(cluster: Pick<Cluster, 'hosts'>, marks: HostMarks): HostEntry | undefined {
  return (
    cluster.hosts.find((host) => host.uuid !== undefined && host.uuid === marks.uuid) ??
    cluster.hosts.find((host) => host.serial !== undefined && host.serial === marks.serial) ??
    cluster.hosts.find((host) => host.mac !== undefined && marks.macs.includes(host.mac))
  );
}

/** Finds entries as `entryOf` does, for a server that is asked with every packet. */
export function entryIndex({
  hosts,
}: Pick<Cluster, 'hosts'>): (uuid: string | null, mac: Mac) => HostEntry | undefined {
  const [byUuid, byMac] = [new Map<string, HostEntry>(), new Map<string, HostEntry>()];
  // The first of two that are alike is the one that counts.
  for (const host of hosts.toReversed()) {
    if (host.uuid !== undefined) byUuid.set(host.uuid, host);
    if (host.mac !== undefined) byMac.set(host.mac, host);
  }
  return (uuid, mac) => (uuid === null ? undefined : byUuid.get(uuid)) ?? byMac.get(mac);
}
