import type { Finding } from './finding.ts';
import type { Path } from './jsonSchema.ts';
import { nearest } from './near.ts';
import { poolOf } from './pools.ts';
import { at, type Placed, type Readable } from './sense.ts';
import type { PoolEntry } from './schemaPools.ts';
import { valueAt } from './shape.ts';

/** What is wrong with pools of hosts, and with what names them. `root`: the whole file, of which parts may be wrong. */
export function memberFindings(parts: Readable, root: unknown): Finding[] {
  const section = valueAt(root, ['pools']);
  const own = typeof section === 'object' && !Array.isArray(section) ? Object.keys(section ?? {}) : [];
  const said = parts.hosts.flatMap(({ value }) => value.pool ?? []);
  // Where no pool is described, hosts make pools by naming them.
  const isDescribed = own.length > 0;
  const names = isDescribed ? own : [...new Set(said)];
  const unknown = (path: Path, pool: string | undefined): Finding[] =>
    pool === undefined || names.includes(pool) ? [] : [noPool(path, pool, names, isDescribed)];
  return [
    ...parts.vms.flatMap(({ path, value }) => unknown([...path, 'pool'], value.pool)),
    ...(isDescribed ? choosers(parts).flatMap(({ path, value }) => unknown(path, value)) : []),
    ...parts.pools.flatMap((pool) => masterFindings(pool, parts)),
  ];
}

/** Everything that names a pool, but for VMs. */
function choosers({ hosts, profiles, settings, addons }: Readable): Placed<string | undefined>[] {
  return [
    ...hosts.map(({ path, value }) => ({ path: [...path, 'pool'], value: value.pool })),
    ...[...profiles, ...settings, ...addons].map(({ path, value }) => ({
      path: [...path, 'for', 'pool'],
      value: value.for?.pool,
    })),
  ];
}

function noPool(path: Path, pool: string, names: readonly string[], isDescribed: boolean): Finding {
  const near = nearest(pool, names);
  const how = isDescribed ? 'add it below `pools:`' : 'write it as the `pool:` of a host, or below `pools:`';
  const known = names.length === 0 ? '' : `Write one of ${names.join(', ')}, or `;
  const otherwise = known === '' ? `${how.charAt(0).toUpperCase()}${how.slice(1)}.` : `${known}${how}.`;
  const remedy = near === undefined ? otherwise : `Did you mean ${near}?`;
  return { path, part: 'value', what: `there is no pool \`${pool}\``, remedy };
}

/** One that is listed by name, and is in the pool as far as its entry tells. */
function masterFindings(pool: Placed<PoolEntry>, { hosts, pools }: Readable): Finding[] {
  const { master } = pool.value;
  if (master === undefined) return [];
  const entry = hosts.find(({ value }) => value.name === master)?.value;
  if (entry === undefined) {
    const near = nearest(
      master,
      hosts.flatMap(({ value }) => value.name ?? []),
    );
    const remedy = near === undefined ? 'Write the `name:` of a host.' : `Did you mean ${near}?`;
    return [at(pool, 'master', `there is no host \`${master}\``, remedy)];
  }
  const name = String(pool.path.at(-1));
  const all = Object.fromEntries(pools.map(({ path, value }) => [String(path.at(-1)), value]));
  const is = poolOf({ pools: all }, { name: master, entry });
  if (is?.pool === name || (is?.rule !== 'host.pool' && pools.some(({ value }) => value.for?.hardware))) return [];
  const where = is === undefined ? 'in no pool' : `in the pool ${is.pool}`;
  return [
    at(
      pool,
      'master',
      `${master} is ${where}, so it cannot speak for ${name}`,
      `Write \`pool: ${name}\` at ${master}, or name another host.`,
    ),
  ];
}
