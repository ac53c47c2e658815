import { ADDON_FILE, ADDONS, OVERLAY } from '../image/layout.ts';
import type { Path } from './jsonSchema.ts';
import type { Cluster } from './schema.ts';
import type { Settable } from './schemaSettings.ts';
import { fits, rank, type Selectable } from './selector.ts';

/** One thing that is set: an argument by its name, a file by its path, a sysctl, a unit's state... */
export interface InForce<T> {
  readonly key: string;
  /** More than one only where one entry names an argument several times. */
  readonly values: readonly T[];
  /** Where the values stand: in cluster.yaml, or in that of an add-on (`addons`, its name, `addon.yaml`, then within it). */
  readonly paths: readonly Path[];
  /** Where those stand that it goes before, lowest first. */
  readonly over: readonly Path[];
}

/** `from` is the path from the root of the drive. */
type File = Settable['files'][number];
type Unit = Settable['units'][string];
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

/** What can set something for a host, add-ons or settings. */
type Setting = Pick<Cluster, 'settings' | 'addons'>;

/** One that fits a host. */
interface Layer {
  readonly set: Settable;
  /** Where it stands. */
  readonly at: Path;
  /** Where its files `from:` lie on the drive. */
  readonly folder: string;
}

/**
 * The settings of one host, from the add-ons and the entries of `settings:` whose selector fits it.
 *
 * Precedence: settings go before every add-on; else the one with the narrower selector (`rank`), and of two that are equally
 * narrow the later one. It is decided for each thing that is set by itself: the highest entry that names it decides, with all the values it gives (`console` may
 * stand twice), and in the place where it was first named.
 */
export function settingsFor(host: Selectable, cluster: Setting): HostSettings {
  const layers = [...addonLayers(host, cluster), ...settingsLayers(host, cluster)];
  const of = <T>(items: (set: Settable, layer: Layer) => readonly Item<T>[]): InForce<T>[] =>
    layers.reduce<InForce<T>[]>((lower, layer) => layered(lower, items(layer.set, layer), layer.at), []);
  return {
    kernelArgs: of(({ kernelArgs }) => listed('kernelArgs', kernelArgs, argumentName)),
    xenArgs: of(({ xenArgs }) => listed('xenArgs', xenArgs, argumentName)),
    files: of(({ files }, { folder }) =>
      listed(
        'files',
        files.map((file) => onDrive(file, folder)),
        ({ path }) => path,
      ),
    ),
    unitStates: of(({ units }) => unitItems(units, 'state')),
    unitTexts: of(({ units }) => unitItems(units, 'text')),
    modules: of(({ modules }) => listed('modules', modules, moduleName)),
    sysctl: of(({ sysctl }) => Object.entries(sysctl).map(([key, value]) => [sysctlName(key), value, ['sysctl', key]])),
    packages: of(({ packages }) => listed('packages', packages, (name) => name)),
  };
}

/** The widest first. */
function settingsLayers(host: Selectable, { settings }: Setting): Layer[] {
  return settings
    .map((set, index) => ({ set, at: ['settings', index], folder: OVERLAY }))
    .filter(({ set }) => fits(set.for, host))
    .toSorted((a, b) => rank(a.set.for) - rank(b.set.for));
}

function addonLayers(host: Selectable, { addons }: Setting): Layer[] {
  return Object.entries(addons)
    .filter(([, use]) => use.enabled && fits(use.for, host))
    .toSorted(([, one], [, other]) => rank(one.for) - rank(other.for))
    .flatMap(([name, { holds }]) =>
      holds === undefined ? [] : [{ set: holds, at: [ADDONS, name, ADDON_FILE], folder: `${ADDONS}/${name}` }],
    );
}

const onDrive = (file: File, folder: string): File =>
  file.from === undefined ? file : { ...file, from: `${folder}/${file.from}` };

/** The add-on that a value in force is from; undefined for one of cluster.yaml's own. */
export const addonOf = ({ paths }: InForce<unknown>): string | undefined =>
  paths[0]?.[0] === ADDONS ? String(paths[0][1]) : undefined;

const argumentName = (argument: string): string => argument.split('=', 1)[0] ?? argument;

/** Linux takes `-` and `_` in the names of modules for the same. */
const moduleName = (module: string): string => (module.split(' ', 1)[0] ?? module).replaceAll('-', '_');

/** `net/ipv4/ip_forward` is the same as `net.ipv4.ip_forward` (sysctl.d(5)). */
const sysctlName = (name: string): string => (/^[^.]*\//.test(name) ? swapped(name) : name);

const swapped = (name: string): string => name.replaceAll(/[./]/g, (character) => (character === '/' ? '.' : '/'));

const listed = <T>(key: string, values: readonly T[], nameOf: (value: T) => string): Item<T>[] =>
  values.map((value, index) => [nameOf(value), value, [key, index]]);

function unitItems<K extends keyof Unit>(units: Settable['units'], key: K): Item<NonNullable<Unit[K]>>[] {
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
export const packagesOf = (cluster: Setting, host: Selectable): readonly string[] =>
  valuesOf(settingsFor(host, cluster).packages);

/** Everything that is set for whichever hosts: settings, then add-ons that are switched on. */
const allSet = ({ settings, addons }: Setting): readonly Pick<Layer, 'set' | 'folder'>[] => [
  ...settings.map((set) => ({ set, folder: OVERLAY })),
  ...Object.entries(addons).flatMap(([name, { enabled, holds }]) =>
    enabled && holds !== undefined ? [{ set: holds, folder: `${ADDONS}/${name}` }] : [],
  ),
];

/** Every package that some host may want, in order of name. */
export const packagesIn = (cluster: Setting): readonly string[] =>
  [...new Set(allSet(cluster).flatMap(({ set }) => set.packages))].sort();

/** Every file of the drive that is put onto some host, by its path from the drive's root. */
export const driveFilesIn = (cluster: Setting): readonly string[] => [
  ...new Set(
    allSet(cluster).flatMap(({ set, folder }) => set.files.flatMap((file) => onDrive(file, folder).from ?? [])),
  ),
];

/** `lower` with every argument that `higher` names too replaced by it: a host's settings over the defaults. */
export function overrideArguments(lower: readonly string[], higher: readonly string[]): string[] {
  const layer = (below: readonly InForce<string>[], args: readonly string[]): InForce<string>[] =>
    layered(below, listed('', args, argumentName), []);
  return valuesOf(layer(layer([], lower), higher));
}
