import type { Cluster, HostEntry } from '../cluster/schema.ts';
import { selectableOf } from '../cluster/pools.ts';
import type { Hardware } from '../cluster/selector.ts';
import { overrideArguments, settingsFor, valuesOf, type HostSettings } from '../cluster/settings.ts';
import { entryOf } from '../identity/hostEntry.ts';
import { hostnameOf, machineUuid } from '../identity/machine.ts';
import type { Mac } from '../net/mac.ts';
import { LINUX_ARGS, XEN_ARGS } from './arguments.ts';
import type { Profile } from './profile.ts';
import { profileIn, wishFor, type Asker, type Wish } from './wish.ts';

/** What a machine has told of its board; undefined while it has not, empty where its board has none. */
export interface Marks {
  readonly uuid: string | undefined;
  readonly serial: string | undefined;
  readonly hardware?: Hardware | undefined;
}

/** A machine as cluster.yaml and its own marks make it. */
export interface Machine {
  readonly mac: Mac;
  readonly name: string;
  /** Its entry in cluster.yaml; a machine without one boots as well. */
  readonly entry: HostEntry | undefined;
  /** What its board says of itself; undefined while it was not asked. */
  readonly hardware: Hardware | undefined;
  /** What it shall boot. */
  readonly wish: Wish;
}

export function machineOf(cluster: Cluster, mac: Mac, { uuid, serial, hardware }: Marks): Machine {
  const entry = entryOf(cluster, { uuid: uuid ?? '', serial: serial ?? '', macs: [mac] });
  const told = { uuid: uuid !== undefined, serial: serial !== undefined };
  let [name, wish]: [string | undefined, Wish | undefined] = [undefined, undefined];
  // A name is made of hashes, and most who ask for an address are never called by it.
  return {
    mac,
    entry,
    hardware,
    get name() {
      return (name ??= entry?.name ?? hostnameOf(machineUuid(uuid ?? '', mac)));
    },
    get wish() {
      return (wish ??= wishFor(cluster, asker(this, told)));
    },
  };
}

const asker = (machine: Machine, told: Asker['told']): Asker => ({
  entry: machine.entry,
  hardware: machine.hardware,
  told,
  get name() {
    return machine.name;
  },
});

export interface BootArguments {
  readonly xen: readonly string[];
  readonly linux: readonly string[];
}

/** The command lines of one machine: pxen's own, over them its profile's console, over all what cluster.yaml sets for it. */
export function bootArguments(
  cluster: Cluster,
  machine: Machine,
  { name, console }: Pick<Profile, 'name' | 'console'>,
): BootArguments {
  return argumentsFor(settingsFor(selectableOf(cluster, machine, name), cluster), console);
}

/** The same of settings that were looked up. */
export function argumentsFor({ xenArgs, kernelArgs }: HostSettings, console: string | undefined): BootArguments {
  return {
    xen: overrideArguments(overrideArguments(XEN_ARGS, xenConsole(console)), valuesOf(xenArgs)),
    linux: overrideArguments(LINUX_ARGS, valuesOf(kernelArgs)),
  };
}

/** The command line of a Linux that is no host of pxen: the payload's, and over it what cluster.yaml sets for the machine. */
export function linuxArguments(
  cluster: Cluster,
  machine: Machine,
  args: readonly string[],
  console: string | undefined,
): readonly string[] {
  const both = console === undefined ? args : [...args, 'console=tty0', `console=${console}`];
  const host = selectableOf(cluster, machine, profileIn(machine.wish)?.name);
  return overrideArguments(both, valuesOf(settingsFor(host, cluster).kernelArgs));
}

/** Xen has the serial port; dom0 speaks through it (hvc0). */
function xenConsole(console: string | undefined): readonly string[] {
  const [, port, speed = '115200'] = /^ttyS([01])(?:,(\d+))?$/.exec(console ?? '') ?? [];
  if (port === undefined) return [];
  const com = `com${Number(port) + 1}`;
  return [`${com}=${speed},8n1`, `console=${com},vga`];
}
