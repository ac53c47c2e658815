import type { Cluster, HostEntry } from './schema.ts';
import { fits, rank, type Hardware, type Selectable } from './selector.ts';

/** A host as cluster.yaml and its board make it. */
export interface Member {
  readonly name?: string | undefined;
  /** Its entry in cluster.yaml; undefined where it has none. */
  readonly entry: HostEntry | undefined;
  readonly hardware?: Hardware | undefined;
}

/** The pool that a host is in, and by which rule. */
export interface Membership {
  readonly pool: string;
  readonly rule: 'host.pool' | 'pool.for';
}

/**
 * The pool that a host is in: the one that its entry names, else of those whose selector fits the one with the narrowest, and of
 * two that are equally narrow the later one. Undefined for a host in none.
 */
export function poolOf({ pools }: Pick<Cluster, 'pools'>, { name, entry, hardware }: Member): Membership | undefined {
  if (entry?.pool !== undefined) return { pool: entry.pool, rule: 'host.pool' };
  const host = { name, labels: entry?.labels ?? {}, hardware };
  const chosen = Object.entries(pools)
    .filter(([, pool]) => pool.for !== undefined && fits(pool.for, host))
    .toSorted(([, one], [, other]) => rank(one.for) - rank(other.for))
    .at(-1)?.[0];
  return chosen === undefined ? undefined : { pool: chosen, rule: 'pool.for' };
}

/** What selectors choose a host by, when it boots a profile. */
export function selectableOf(cluster: Pick<Cluster, 'pools'>, member: Member, profile?: string): Selectable {
  const { name, entry, hardware } = member;
  const pool = poolOf(cluster, member);
  const isPoolSure = pool?.rule === 'host.pool';
  return { name, labels: entry?.labels ?? {}, pool: pool?.pool, isPoolSure, profile, hardware };
}

/** Every pool that is there: those of `pools:` in their order, then those that only hosts name. */
export const poolNames = ({ pools, hosts }: Pick<Cluster, 'pools' | 'hosts'>): readonly string[] => [
  ...new Set([...Object.keys(pools), ...hosts.flatMap(({ pool }) => pool ?? [])]),
];
