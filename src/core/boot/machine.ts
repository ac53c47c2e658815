import type { Cluster, HostEntry } from '../cluster/schema.ts';
import { overrideArguments, settingsFor } from '../cluster/settings.ts';
import { entryOf } from '../identity/hostEntry.ts';
import { hostnameOf, machineUuid } from '../identity/machine.ts';
import type { Mac } from '../net/mac.ts';
import { LINUX_ARGS, XEN_ARGS } from './arguments.ts';

/** A machine as cluster.yaml and its own marks make it. */
export interface Machine {
  readonly mac: Mac;
  readonly name: string;
  /** Its entry in cluster.yaml; a machine without one boots as well. */
  readonly entry: HostEntry | undefined;
}

/** `uuid` is its board's, or null while it has not told. */
export function machineOf(cluster: Cluster, mac: Mac, uuid: string | null): Machine {
  const entry = entryOf(cluster, { uuid: uuid ?? '', serial: '', macs: [mac] });
  return { mac, entry, name: entry?.name ?? hostnameOf(machineUuid(uuid ?? '', mac)) };
}

export interface BootArguments {
  readonly xen: readonly string[];
  readonly linux: readonly string[];
}

/** The command lines of one machine: pxen's own, and over them what cluster.yaml sets for it. */
export function bootArguments(cluster: Cluster, machine: Machine): BootArguments {
  const wanted = settingsFor({ name: machine.name, labels: machine.entry?.labels ?? {} }, cluster);
  return { xen: overrideArguments(XEN_ARGS, wanted.xenArgs), linux: overrideArguments(LINUX_ARGS, wanted.kernelArgs) };
}
