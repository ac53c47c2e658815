import type { Cluster, HostEntry } from '../cluster/schema.ts';
import { isFilled } from './liars.ts';
import { canonicalUuid } from './machine.ts';

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
  const by = (key: 'uuid' | 'serial' | 'mac', form: (mark: string) => string = (mark) => mark) =>
    // Of two that are alike the first counts, so it is put in last.
    new Map(
      hosts.flatMap((host, at) => (host[key] === undefined ? [] : [[form(host[key]), at] as const])).toReversed(),
    );
  const index = { uuid: by('uuid', canonicalUuid), serial: by('serial'), mac: by('mac') };
  indices.set(hosts, index);
  return index;
}

/** The entry of cluster.yaml for a machine: by UUID, else by serial number, else by any of its MACs. */
export function entryOf({ hosts }: Pick<Cluster, 'hosts'>, marks: HostMarks): HostEntry | undefined {
  const { uuid, serial, mac } = indexOf(hosts);
  const bySerial = isFilled(marks.serial) ? serial.get(marks.serial) : undefined;
  const at = uuid.get(canonicalUuid(marks.uuid)) ?? bySerial ?? firstOf(marks.macs, mac);
  return at === undefined ? undefined : hosts[at];
}

function firstOf(macs: readonly string[], index: Index['mac']): number | undefined {
  const places = macs.flatMap((mac) => index.get(mac) ?? []);
  return places.length === 0 ? undefined : Math.min(...places);
}
