import type { z } from 'zod';
import type { Finding } from './finding.ts';
import type { Path } from './jsonSchema.ts';
import { hostSchema, vmSchema, type HostEntry, type VmEntry } from './schema.ts';
import { accountSchema, type AccountEntry } from './schemaAccess.ts';
import { addonUseSchema, type AddonUse } from './schemaAddons.ts';
import { profileSchema, type ProfileEntry } from './schemaBoot.ts';
import { networkSchema, type NetworkEntry } from './schemaNetwork.ts';
import { poolSchema, type PoolEntry } from './schemaPools.ts';
import { settingsSchema, type SettingsEntry } from './schemaSettings.ts';
import { valueAt } from './shape.ts';

/** An entry that can be read by itself, and where it stands. */
export interface Placed<T> {
  readonly path: Path;
  readonly value: T;
}

/** What could be read of a file, even where other parts of it are wrong: so that all mistakes are shown at once. */
export interface Readable {
  readonly accounts: readonly Placed<AccountEntry>[];
  readonly networks: readonly Placed<NetworkEntry>[];
  readonly hosts: readonly Placed<HostEntry>[];
  readonly pools: readonly Placed<PoolEntry>[];
  readonly vms: readonly Placed<VmEntry>[];
  readonly profiles: readonly Placed<ProfileEntry>[];
  readonly settings: readonly Placed<SettingsEntry>[];
  readonly addons: readonly Placed<AddonUse>[];
  readonly selectors: readonly Placed<unknown>[];
}

export function readable(root: unknown): Readable {
  const each = <T>(name: string | Path, schema: z.ZodType<T>): Placed<T>[] =>
    entries(valueAt(root, [name].flat()), [name].flat()).flatMap(({ path, value }) => {
      const read = withoutMistakes(schema, value);
      return read === undefined ? [] : [{ path, value: read }];
    });
  return {
    accounts: each(['access', 'accounts'], accountSchema),
    networks: each('networks', networkSchema),
    hosts: each('hosts', hostSchema),
    pools: each('pools', poolSchema),
    vms: each('vms', vmSchema),
    profiles: each('profiles', profileSchema),
    settings: each('settings', settingsSchema),
    addons: each('addons', addonUseSchema),
    selectors: ['settings', 'pools', 'addons'].flatMap((section) => selectorsIn(root, section)),
  };
}

function selectorsIn(root: unknown, section: string): Placed<unknown>[] {
  return entries(valueAt(root, [section]), [section]).flatMap(({ path, value }) => {
    const selector = valueAt(value, ['for']);
    return selector === undefined ? [] : [{ path: [...path, 'for'], value: selector }];
  });
}

function entries(part: unknown, above: Path): Placed<unknown>[] {
  if (Array.isArray(part)) return part.map((value: unknown, index) => ({ path: [...above, index], value }));
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).map(([key, value]) => ({ path: [...above, key], value: value as unknown }));
}

/** The entry without its keys that are wrong; undefined where it cannot be read without them. */
export function withoutMistakes<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  const first = schema.safeParse(value);
  if (first.success) return first.data;
  if (typeof value !== 'object' || value === null) return undefined;
  const wrong = new Set(
    first.error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0])])),
  );
  return schema.safeParse(Object.fromEntries(Object.entries(value).filter(([key]) => !wrong.has(key)))).data;
}

/** A finding at the value `key` of an entry. */
export function at(entry: Placed<unknown>, key: string, what: string, remedy: string): Finding {
  return { path: [...entry.path, key], part: 'value', what, remedy };
}

/** A finding at the value `key` of an entry that clashes with that of an earlier one. */
export function clash(
  entry: Placed<unknown>,
  other: Placed<unknown>,
  key: string,
  what: string,
  remedy: string,
): Finding {
  return { ...at(entry, key, what, `${remedy} The other stands on line {line}.`), also: [...other.path, key] };
}

/** A finding for every entry whose `value` stood in an earlier one. `other` is where that was. */
export function repeated<T>(
  entries: readonly Placed<T>[],
  keyOf: (value: T) => string | undefined,
  finding: (entry: Placed<T>, key: string, other: Placed<T>) => Finding,
): Finding[] {
  const first = new Map<string, Placed<T>>();
  return entries.flatMap((entry) => {
    const key = keyOf(entry.value);
    if (key === undefined) return [];
    const other = first.get(key);
    if (other !== undefined) return [finding(entry, key, other)];
    first.set(key, entry);
    return [];
  });
}
