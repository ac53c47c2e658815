/** What a Debian package says of its needs (Debian Policy 7); the fields as they stand in its paragraph, empty where absent. */
export interface Needs {
  readonly depends: string;
  readonly preDepends: string;
  readonly provides: string;
}

/**
 * A package and all that it needs, sorted, as far as `known` has it. Of alternatives the first that is known; versions were seen to
 * by who resolved `known`.
 */
export function closureOf(name: string, known: ReadonlyMap<string, Needs>): string[] {
  const providers = providersIn(known);
  const found = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const needs = known.get(next);
    if (needs === undefined || found.has(next)) continue;
    found.add(next);
    for (const group of relations(`${needs.preDepends},${needs.depends}`)) {
      const chosen = group.map((one) => (known.has(one) ? one : providers.get(one))).find((one) => one !== undefined);
      if (chosen !== undefined) open.push(chosen);
    }
  }
  return [...found].sort();
}

/** Names that packages stand in for. */
function providersIn(known: ReadonlyMap<string, Needs>): ReadonlyMap<string, string> {
  const pairs = [...known].flatMap(([name, { provides }]) =>
    relations(provides)
      .flat()
      .map((one) => [one, name] as const),
  );
  // Of several the first by name, whatever their order.
  return new Map(pairs.toSorted(([, a], [, b]) => (a < b ? 1 : -1)));
}

/** `a (>= 1) | b:any, c` as names: [[a, b], [c]]. */
const relations = (field: string): string[][] =>
  field
    .split(',')
    .map((group) => group.split('|').flatMap((one) => /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(one)?.[1] ?? []))
    .filter((group) => group.length > 0);
