import type { Cluster, HostEntry } from '../cluster/schema.ts';

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
