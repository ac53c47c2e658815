import type { Cluster } from './schema.ts';

/** What a setting's selector looks at. */
export interface Selectable {
  readonly name?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

export interface HostSettings {
  readonly kernelArgs: readonly string[];
  readonly xenArgs: readonly string[];
}

type Entry = Cluster['settings'][number];
export type Selector = Entry['for'];

/**
 * The settings of one host, from the entries of `settings:` whose selector fits it.
 *
 * Precedence, lowest first: entries with no selector, entries that select by label, entries that select by name; within
 * one of these, the order of the file. An argument is known by what stands before its `=`; the highest entry that
 * names it decides, with all the values it gives (`console` may stand twice), and in the place where it was first named.
 */
export function settingsFor(host: Selectable, cluster: Pick<Cluster, 'settings'>): HostSettings {
  const fitting = cluster.settings
    .filter((entry) => fits(entry.for, host))
    .toSorted((a, b) => rank(a.for) - rank(b.for));
  const joined = (of: (entry: Entry) => readonly string[]): string[] =>
    fitting.map(of).reduce<string[]>((lower, higher) => overrideArguments(lower, higher), []);
  return { kernelArgs: joined((entry) => entry.kernelArgs), xenArgs: joined((entry) => entry.xenArgs) };
}

/** `lower` with every argument that `higher` names too replaced by it; also puts a host's settings over the defaults. */
export function overrideArguments(lower: readonly string[], higher: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const [key, values] of [...byName(lower), ...byName(higher)]) groups.set(key, values);
  return [...groups.values()].flat();
}

function byName(args: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const arg of args) {
    const name = arg.split('=', 1)[0] ?? arg;
    groups.set(name, [...(groups.get(name) ?? []), arg]);
  }
  return groups;
}

/** All parts of a selector must fit; `*` in a name stands for any characters. */
export function fits(selector: Selector, host: Selectable): boolean {
  const labels = Object.entries(selector?.labels ?? {});
  return labels.every(([key, value]) => host.labels[key] === value) && nameFits(selector?.name, host.name);
}

function nameFits(pattern: string | undefined, name: string | undefined): boolean {
  if (pattern === undefined) return true;
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^a-z0-9]/gi, String.raw`\$&`));
  return name !== undefined && new RegExp(`^${parts.join('.*')}$`).test(name);
}

/** How narrowly a selector chooses; the narrower goes before the wider. */
export function rank(selector: Selector): number {
  if (selector?.name !== undefined) return 2;
  return selector?.labels === undefined ? 0 : 1;
}
