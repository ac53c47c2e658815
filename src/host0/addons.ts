import { addonPath, addonsOn, withAddons } from '../core/cluster/addons.ts';
import { mistakesText, type Mistake } from '../core/cluster/mistake.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import type { Addon } from '../core/cluster/schemaAddons.ts';
import { addonIn } from '../shell/addonFiles.ts';
import type { FileInfo, Files } from '../shell/files.ts';
import type { Log } from '../shell/log.ts';

type Wrong = { readonly mistakes: readonly Mistake[] };

/**
 * The add-ons that a cluster.yaml switches on, as they stand in the folder that is served. One that is missing or has a mistake is
 * in force as it was read last, and left out where it never was: everything else of the cluster goes on without it.
 */
export class Addons {
  readonly #files: Files;
  readonly #log: Log;
  #good: ReadonlyMap<string, Addon> = new Map();
  #seen = '';
  #isBegun = false;
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
    const good = new Map<string, Addon>();
    const warnings: string[] = [];
    for (const name of addonsOn(cluster)) {
      const [read, before] = [await addonIn(this.#files, name), this.#good.get(name)];
      const addon = read !== undefined && 'addon' in read ? read.addon : before;
      if (addon !== undefined) good.set(name, addon);
      if (read !== undefined && 'addon' in read) this.#tell(name, read.addon, before);
      else warnings.push(this.#warn(name, read, before));
    }
    [this.#good, this.#warnings, this.#isBegun] = [good, warnings, true];
    return withAddons(cluster, good);
  }

  /** Nobody needs to be told what was there from the beginning. */
  #tell(name: string, addon: Addon, before: Addon | undefined): void {
    if (!this.#isBegun || JSON.stringify(addon) === JSON.stringify(before)) return;
    this.#log.say('BOOT_ADDON_READ', { name });
  }

  #warn(name: string, read: Wrong | undefined, before: Addon | undefined): string {
    const mistake = read === undefined ? `there is no ${addonPath(name)}` : mistakesText(read.mistakes);
    const left = before === undefined ? 'is left out' : 'is in force as it was before';
    this.#log.say('BOOT_ADDON', { name, left, mistake });
    return `the add-on ${name} ${left}: ${mistake}`;
  }

  async #look(cluster: Cluster): Promise<string> {
    const infos = addonsOn(cluster).map(async (name) => `${name} ${infoText(await this.#files.info(addonPath(name)))}`);
    return (await Promise.all(infos)).join('\n');
  }
}

const infoText = (info: FileInfo | undefined): string => (info === undefined ? '-' : `${info.size} ${info.modified}`);
