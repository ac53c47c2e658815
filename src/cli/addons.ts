import { join } from 'node:path';
import { addonPath, addonsOn, withAddons } from '../core/cluster/addons.ts';
import type { Mistake } from '../core/cluster/mistake.ts';
import type { TextFile } from '../core/cluster/places.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import type { Addon } from '../core/cluster/schemaAddons.ts';
import { addonIn } from '../shell/addonFiles.ts';
import { diskFiles } from '../shell/files.ts';

/** A cluster with the add-ons that stand beside its file. */
export interface WithAddons {
  readonly cluster: Cluster;
  /** Their files, by name. */
  readonly addons: ReadonlyMap<string, TextFile>;
  /** Mistakes in them. */
  readonly mistakes: readonly Mistake[];
  /** Names of those that are switched on and not there. */
  readonly missing: readonly string[];
}

/** Reads the add-ons that a cluster switches on, in the folder of its file. */
export async function addonsBeside(folder: string, cluster: Cluster): Promise<WithAddons> {
  const files = diskFiles(folder);
  const [found, addons] = [new Map<string, Addon>(), new Map<string, TextFile>()];
  const [mistakes, missing]: [Mistake[], string[]] = [[], []];
  for (const name of addonsOn(cluster)) {
    const read = await addonIn(files, name, join(folder, addonPath(name)));
    if (read === undefined) missing.push(name);
    else if ('mistakes' in read) mistakes.push(...read.mistakes);
    else {
      found.set(name, read.addon);
      addons.set(name, read);
    }
  }
  return { cluster: withAddons(cluster, found), addons, mistakes, missing };
}
