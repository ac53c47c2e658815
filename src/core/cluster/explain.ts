import { machineOf, type Machine } from '../boot/machine.ts';
import { profileIn, type Wish } from '../boot/wish.ts';
import { parseMac, type Mac } from '../net/mac.ts';
import type { Path } from './jsonSchema.ts';
import { poolOf, selectableOf } from './pools.ts';
import type { Cluster, HostEntry } from './schema.ts';
import { fits, type Hardware } from './selector.ts';
import { settingsFor, type InForce } from './settings.ts';
import type { Place } from './places.ts';

/** One value in force for a host, and why. */
export interface Explained {
  /** `name`, `labels.disk`, `kernelArgs panic`, `file /etc/motd`... */
  readonly key: string;
  readonly value: string;
  /** Where it stands in the file; null for what pxen does by itself. */
  readonly at: Place | null;
  /** Where values stand that it goes before, the nearest to it first. */
  readonly over: readonly Place[];
  /** The rule that decided, where it was not a line of the file alone. */
  readonly rule: string | null;
}

/** What is looked up in a file that was read. */
export interface Read {
  readonly cluster: Cluster;
  readonly placeOf: (path: Path) => Place;
}

/** The list's number of the host that a word means: its name, a MAC, the UUID, the serial number or the address. */
export function hostAt(hosts: readonly HostEntry[], word: string): number | undefined {
  const mac = parseMac(word);
  const at = hosts.findIndex(
    (host) =>
      [host.name, host.serial, host.address].includes(word) ||
      host.uuid === word.toLowerCase() ||
      (mac !== undefined && host.mac === mac),
  );
  return at < 0 ? undefined : at;
}

/**
 * Every value in force for the host at `index`, in the order of the schema. `hardware`: what its board says; settings that choose by
 * what is not known do not fit.
 */
export function explainHost({ cluster, placeOf }: Read, index: number, hardware: Hardware): Explained[] {
  const entry = cluster.hosts[index];
  if (entry === undefined) return [];
  const machine = machineOfEntry(cluster, entry, hardware);
  return [
    ...entryValues(entry, ['hosts', index], placeOf),
    ...nameValue(entry, machine),
    ...poolValue({ cluster, placeOf }, machine),
    profileValue({ cluster, placeOf }, machine, index),
    ...addonValues({ cluster, placeOf }, machine),
    ...settingValues({ cluster, placeOf }, machine),
  ];
}

/** The machine that an entry is about, as far as the entry tells it. */
export function machineOfEntry(cluster: Cluster, { mac, uuid, serial }: HostEntry, hardware: Hardware): Machine {
  // A host without a MAC is found by its other marks; only the name that pxen would make up for it depends on one.
  return machineOf(cluster, mac ?? ('' as Mac), { uuid: uuid ?? '', serial: serial ?? '', hardware });
}

/** What the entry itself says; a list or mapping in parts. */
function entryValues(value: unknown, path: Path, placeOf: Read['placeOf']): Explained[] {
  if (typeof value === 'object' && value !== null) {
    const array = Array.isArray(value);
    return Object.entries(value).flatMap(([key, part]) =>
      part === undefined ? [] : entryValues(part, [...path, array ? Number(key) : key], placeOf),
    );
  }
  const at = placeOf(path);
  return [{ key: path.slice(2).join('.'), value: String(value), at: at.exact ? at : null, over: [], rule: null }];
}

function nameValue(entry: HostEntry, machine: Machine): Explained[] {
  if (entry.name !== undefined) return [];
  if (entry.mac === undefined && entry.uuid === undefined) return [];
  return [{ key: 'name', value: machine.name, at: null, over: [], rule: 'made from its UUID, else its MAC' }];
}

/** The one that its entry names is among the entry's values. */
function poolValue({ cluster, placeOf }: Read, machine: Machine): Explained[] {
  const membership = poolOf(cluster, machine);
  if (membership?.rule !== 'pool.for') return [];
  const { pool, rule } = membership;
  return [
    { key: 'pool', value: pool, at: placeOf(['pools', pool, 'for']), over: [], rule: `its selector fits [${rule}]` },
  ];
}

function profileValue({ cluster, placeOf }: Read, machine: Machine, index: number): Explained {
  const { wish } = machine;
  const profile = profileIn(wish);
  const path = pathOfRule(wish, index, profile?.name ?? '', poolOf(cluster, machine)?.pool ?? '');
  const at = path === undefined ? undefined : placeOf(path);
  return {
    key: 'boots',
    value: profile === undefined ? 'nothing' : `profile ${profile.name}`,
    at: at?.exact === true ? at : null,
    over: [],
    rule: `${wish.why} [${wish.rule}]`,
  };
}

function pathOfRule({ rule }: Wish, index: number, profile: string, pool: string): Path | undefined {
  const paths: Readonly<Record<string, Path>> = {
    'host.denied': ['hosts', index, 'boot'],
    'host.profile': ['hosts', index, 'profile'],
    'pool.profile': ['pools', pool, 'profile'],
    'profile.for': ['profiles', profile, 'for'],
    'boot.default': ['boot', 'default'],
  };
  return paths[rule];
}

/** The add-ons that are for it; what each sets is shown with its place in the add-on's file. */
function addonValues({ cluster, placeOf }: Read, machine: Machine): Explained[] {
  const host = selectableOf(cluster, machine, profileIn(machine.wish)?.name);
  return Object.entries(cluster.addons)
    .filter(([, use]) => use.enabled && fits(use.for, host))
    .map(([name, { holds }]) => ({
      key: `add-on ${name}`,
      value: holds === undefined ? 'not there' : (holds.description ?? 'on'),
      at: placeOf(['addons', name]),
      over: [],
      rule: null,
    }));
}

function settingValues({ cluster, placeOf }: Read, machine: Machine): Explained[] {
  const settings = settingsFor(selectableOf(cluster, machine, profileIn(machine.wish)?.name), cluster);
  const of = <T>(noun: string, all: readonly InForce<T>[], shown: (value: T) => string): Explained[] =>
    all.flatMap(({ key, values, paths, over }) =>
      values.map((value, at) => ({
        key: `${noun} ${key}`,
        value: shown(value),
        at: placeOf(paths[at] ?? []),
        over: over.toReversed().map((path) => placeOf(path)),
        rule: null,
      })),
    );
  const itself = (text: string): string => text;
  return [
    ...of('kernelArgs', settings.kernelArgs, itself),
    ...of('xenArgs', settings.xenArgs, itself),
    ...of('file', settings.files, ({ from, text, mode }) =>
      from === undefined ? `${text?.length ?? 0} characters, mode ${mode}` : `${from}, mode ${mode}`,
    ),
    ...of('unit', settings.unitStates, itself),
    ...of('unit text', settings.unitTexts, (text) => `${text.length} characters`),
    ...of('module', settings.modules, itself),
    ...of('sysctl', settings.sysctl, itself),
    ...of('package', settings.packages, itself),
  ];
}
