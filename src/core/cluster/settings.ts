import type { Path } from './jsonSchema.ts';
import type { Cluster } from './schema.ts';
import type { SettingsEntry } from './schemaSettings.ts';
import { fits, rank, type Selectable } from './selector.ts';

/** One thing that is set: an argument by its name, a file by its path, a sysctl, a unit's state... */
export interface InForce<T> {
  readonly key: string;
  /** More than one only where one entry names an argument several times. */
  readonly values: readonly T[];
  /** Where in cluster.yaml the values stand. */
  readonly paths: readonly Path[];
  /** Where those stand that it goes before, lowest first. */
  readonly over: readonly Path[];
}

type File = SettingsEntry['files'][number];
type Unit = SettingsEntry['units'][string];
type Item<T> = readonly [key: string, value: T, at: Path];

/** Everything that is set for one host. */
export interface HostSettings {
  readonly kernelArgs: readonly InForce<string>[];
  readonly xenArgs: readonly InForce<string>[];
  readonly files: readonly InForce<File>[];
  readonly unitStates: readonly InForce<NonNullable<Unit['state']>>[];
  readonly unitTexts: readonly InForce<string>[];
  readonly modules: readonly InForce<string>[];
  readonly sysctl: readonly InForce<string>[];
  readonly packages: readonly InForce<string>[];
}

/**
 * The settings of one host, from the entries of `settings:` whose selector fits it.
 *
 * Precedence: the entry with the narrower selector (`rank`), and of two that are equally narrow the later one. It is decided
 * for each thing that is set by itself: the highest entry that names it decides, with all the values it gives (`console` may
 * stand twice), and in the place where it was first named.
 */
export function settingsFor(host: Selectable, cluster: Pick<Cluster, 'settings'>): HostSettings {
  const fitting = cluster.settings
    .map((entry, index) => ({ entry, index }))
    .filter(({ entry }) => fits(entry.for, host))
    .toSorted((a, b) => rank(a.entry.for) - rank(b.entry.for));
  const of = <T>(items: (entry: SettingsEntry) => readonly Item<T>[]): InForce<T>[] =>
    fitting.reduce<InForce<T>[]>((lower, { entry, index }) => layered(lower, items(entry), ['settings', index]), []);
  return {
    kernelArgs: of(({ kernelArgs }) => listed('kernelArgs', kernelArgs, argumentName)),
    xenArgs: of(({ xenArgs }) => listed('xenArgs', xenArgs, argumentName)),
    files: of(({ files }) => listed('files', files, ({ path }) => path)),
    unitStates: of(({ units }) => unitItems(units, 'state')),
    unitTexts: of(({ units }) => unitItems(units, 'text')),
    modules: of(({ modules }) => listed('modules', modules, moduleName)),
    sysctl: of(({ sysctl }) => Object.entries(sysctl).map(([key, value]) => [sysctlName(key), value, ['sysctl', key]])),
    packages: of(({ packages }) => listed('packages', packages, (name) => name)),
  };
}

const argumentName = (argument: string): string => argument.split('=', 1)[0] ?? argument;

/** Linux takes `-` and `_` in the names of modules for the same. */
const moduleName = (module: string): string => (module.split(' ', 1)[0] ?? module).replaceAll('-', '_');

/** `net/ipv4/ip_forward` is the same as `net.ipv4.ip_forward` (sysctl.d(5)). */
const sysctlName = (name: string): string => (/^[^.]*\//.test(name) ? swapped(name) : name);

const swapped = (name: string): string => name.replaceAll(/[./]/g, (character) => (character === '/' ? '.' : '/'));

const listed = <T>(key: string, values: readonly T[], nameOf: (value: T) => string): Item<T>[] =>
  values.map((value, index) => [nameOf(value), value, [key, index]]);

function unitItems<K extends keyof Unit>(units: SettingsEntry['units'], key: K): Item<NonNullable<Unit[K]>>[] {
  return Object.entries(units).flatMap(([name, unit]) => {
    const value = unit[key];
    return value === undefined ? [] : [[name, value, ['units', name, key]] as const];
  });
}

/** `lower` with all that `items` names too replaced by it. */
function layered<T>(lower: readonly InForce<T>[], items: readonly Item<T>[], at: Path): InForce<T>[] {
  const all = new Map(lower.map((one) => [one.key, one]));
  const mine = new Set<string>();
  for (const [key, value, path] of items) {
    const before = all.get(key);
    const here = [...at, ...path];
    if (before !== undefined && mine.has(key)) {
      all.set(key, { ...before, values: [...before.values, value], paths: [...before.paths, here] });
    } else {
      const over = before === undefined ? [] : [...before.over, ...before.paths];
      all.set(key, { key, values: [value], paths: [here], over });
    }
    mine.add(key);
  }
  return [...all.values()];
}

/** The values alone, in their order. */
export const valuesOf = <T>(all: readonly InForce<T>[]): T[] => all.flatMap(({ values }) => values);

/** The further packages of one host. */
export const packagesOf = (cluster: Pick<Cluster, 'settings'>, host: Selectable): readonly string[] =>
  valuesOf(settingsFor(host, cluster).packages);

/** `lower` with every argument that `higher` names too replaced by it: a host's settings over the defaults. */
export function overrideArguments(lower: readonly string[], higher: readonly string[]): string[] {
  const layer = (below: readonly InForce<string>[], args: readonly string[]): InForce<string>[] =>
    layered(below, listed('', args, argumentName), []);
  return valuesOf(layer(layer([], lower), higher));
}
