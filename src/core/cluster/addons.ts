import { ADDON_FILE, ADDONS } from '../image/layout.ts';
import type { Cluster } from './schema.ts';
import type { Addon } from './schemaAddons.ts';

/** Path of an add-on's file from the root of a drive. */
export const addonPath = (name: string): string => `${ADDONS}/${name}/${ADDON_FILE}`;

/** The names of the add-ons that are switched on, in the order in which they stand in the file. */
export const addonsOn = ({ addons }: Pick<Cluster, 'addons'>): readonly string[] =>
  Object.entries(addons).flatMap(([name, { enabled }]) => (enabled ? [name] : []));

/** A cluster with what its add-ons say; one that is not among `found` sets nothing. */
export function withAddons(cluster: Cluster, found: ReadonlyMap<string, Addon>): Cluster {
  if (Object.keys(cluster.addons).length === 0) return cluster;
  const addons = Object.entries(cluster.addons).map(
    ([name, use]) => [name, { ...use, holds: use.enabled ? found.get(name) : undefined }] as const,
  );
  return { ...cluster, addons: Object.fromEntries(addons) };
}
