import type { Cluster, HostEntry } from '../cluster/schema.ts';

/** What a machine can be known by. */
export interface HostMarks {
  readonly uuid: string;
  readonly serial: string;
  readonly macs: readonly string[];
}

/** Entries by what they are known by: their places in the list. */
interface Index {
  readonly uuid: ReadonlyMap<string, number>;
  readonly serial: ReadonlyMap<string, number>;
  readonly mac: ReadonlyMap<string, number>;
}

/** Made once a list: a boot server asks with every packet. */
const indices = new WeakMap<Cluster['hosts'], Index>();

function indexOf(hosts: Cluster['hosts']): Index {
  const known = indices.get(hosts);
  if (known !== undefined) return known;
  const by = (key: 'uuid' | 'serial' | 'mac') =>
    // Of two that are alike the first counts, so it is put in last.
    new Map(hosts.flatMap((host, at) => (host[key] === undefined ? [] : [[host[key], at] as const])).toReversed());
  const index = { uuid: by('uuid'), serial: by('serial'), mac: by('mac') };
  indices.set(hosts, index);
  return index;
}

/** The entry of cluster.yaml for a machine: by UUID, else by serial number, else by any of its MACs. */
export function entryOf({ hosts }: Pick<Cluster, 'hosts'>, marks: HostMarks): HostEntry | undefined {
  const { uuid, serial, mac } = indexOf(hosts);
  const at = uuid.get(marks.uuid) ?? serial.get(marks.serial) ?? firstOf(marks.macs, mac);
  return at === undefined ? undefined : hosts[at];
}

function firstOf(macs: readonly string[], index: Index['mac']): number | undefined {
  const places = macs.flatMap((mac) => index.get(mac) ?? []);
  return places.length === 0 ? undefined : Math.min(...places);
}
