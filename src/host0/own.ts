import { join } from 'node:path';
import type { Cluster } from '../core/cluster/schema.ts';
import { OWN_BLOCK, OWN_BLOCK_BYTES } from '../core/image/layout.ts';
import type { Clock } from '../shell/clock.ts';
import { sentenceOf } from '../shell/fail.ts';
import { diskFiles } from '../shell/files.ts';
import type { ClusterFile } from './clusterFile.ts';
import type { OwnBootKept } from './ownBoot.ts';
import { putOwnFiles, selectableSelf, type Self } from './ownFiles.ts';
import type { PlaceDeps } from './place.ts';

/** What cluster.yaml sets for the very host that serves. */
export interface Own {
  /** Sentences for `pxen status`. */
  warnings(): readonly string[];
  /** Puts it into force, at once and whenever cluster.yaml changes, until `signal` aborts. */
  keep(file: ClusterFile, signal: AbortSignal): Promise<void>;
}

export interface OwnPlace {
  /** A folder laid out like the drive. */
  readonly dir: string;
  /** The drive's device; absent, nothing is written to it. */
  readonly device: string | undefined;
  readonly selfOf: (cluster: Cluster) => Promise<Self>;
}

/** Milliseconds between two looks at whether cluster.yaml has changed. */
const LOOK = 5000;
/** Looks until a drive that could not be written is tried again. */
const LOOKS_AGAIN = 60;

export function ownSettings({ dir, device, selfOf }: OwnPlace, deps: PlaceDeps, clock: Clock): Own {
  let kept: OwnBootKept = { warning: undefined, again: false };
  const apply = async (cluster: Cluster): Promise<void> => {
    const self = await selfOf(cluster);
    await putOwnFiles(cluster, self, dir, deps);
    if (device === undefined) return;
    const [{ keepOwnBoot }, { openSlots }] = await Promise.all([import('./ownBoot.ts'), import('../shell/slots.ts')]);
    const block = openSlots(device, deps.run, [OWN_BLOCK], OWN_BLOCK_BYTES);
    const boot = diskFiles(join(dir, 'boot'));
    kept = await keepOwnBoot(cluster, await selectableSelf(cluster, self, deps), {
      ...deps,
      block,
      boot,
      copy: join(dir, OWN_BLOCK),
    });
  };
  return {
    warnings: () => (kept.warning === undefined ? [] : [kept.warning]),
    async keep(file, signal) {
      let done: Cluster | undefined;
      for (let looks = 0; !signal.aborted; looks += 1) {
        const cluster = file.current();
        if (cluster !== done || (kept.again && looks >= LOOKS_AGAIN)) {
          [done, looks] = [cluster, 0];
          // Whatever it is, machines are served on.
          await apply(cluster).catch((error: unknown) =>
            deps.log.say('BOOT_OWN_FILE', { what: 'the settings of this host', why: sentenceOf(error) }),
          );
        }
        await clock.sleep(LOOK, signal).catch(() => undefined);
      }
    },
  };
}
