import { addonPath, addonsOn, withAddons } from '../core/cluster/addons.ts';
import { mistakesText } from '../core/cluster/mistake.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import type { Addon } from '../core/cluster/schemaAddons.ts';
import { addonIn } from '../shell/addonFiles.ts';
import type { FileInfo, Files } from '../shell/files.ts';
import type { Log } from '../shell/log.ts';

/**
 * The add-ons that a cluster.yaml switches on, as they stand in the folder that is served. One that is missing or has a mistake is
 * in force as it was read last, and left out where it never was: everything else of the cluster goes on without it.
 */
export class Addons {
  readonly #files: Files;
  readonly #log: Log;
  #good: ReadonlyMap<string, Addon> = new Map();
  #seen = '';
  #warnings: readonly string[] = [];

  constructor(files: Files, log: Log) {
    this.#files = files;
    this.#log = log;
  }

  warnings(): readonly string[] {
    return this.#warnings;
  }

  /** Whether the files of its add-ons are others than those that were read. */
  async haveChanged(cluster: Cluster): Promise<boolean> {
    return (await this.#look(cluster)) !== this.#seen;
  }

  /** The cluster with its add-ons, read now. */
  async of(cluster: Cluster): Promise<Cluster> {
    this.#seen = await this.#look(cluster);
    const [good, warnings] = [new Map<string, Addon>(), new Array<string>()];
    for (const name of addonsOn(cluster)) {
      const read = await addonIn(this.#files, name);
      const before = this.#good.get(name);
      const addon = read !== undefined && 'addon' in read ? read.addon : before;
      if (addon !== undefined) good.set(name, addon);
      if (read !== undefined && 'addon' in read) continue;
      const mistake = read === undefined ? `there is no ${addonPath(name)}` : mistakesText(read.mistakes);
      const left = before === undefined ? 'is left out' : 'is in force as it was before';
      warnings.push(`the add-on ${name} ${left}: ${mistake}`);
      this.#log.say('BOOT_ADDON', { name, left, mistake });
    }
    this.#good = good;
    this.#warnings = warnings;
    return withAddons(cluster, good);
  }

  async #look(cluster: Cluster): Promise<string> {
    const infos = addonsOn(cluster).map(async (name) => `${name} ${infoText(await this.#files.info(addonPath(name)))}`);
    return (await Promise.all(infos)).join('\n');
  }
}

const infoText = (info: FileInfo | undefined): string => (info === undefined ? '-' : `${info.size} ${info.modified}`);
