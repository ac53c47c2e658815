import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { machineUuid } from '../core/identity/machine.ts';
import type { Mac } from '../core/net/mac.ts';
import { wallSeconds, type Clock } from '../shell/clock.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Slots } from '../shell/slots.ts';
import type { Host0Arguments } from './arguments.ts';
import type { ClusterFile } from './clusterFile.ts';
import type { PlaceDeps } from './place.ts';
import type { KeptState } from './state.ts';

/** What the drive remembers, wired to this machine; a folder that is no drive remembers nothing. */
export interface Memory {
  /** The last good `cluster.yaml`. */
  readonly lastGood: () => Promise<string | undefined>;
  /** Sentences for `pxen status`. */
  warnings(): readonly string[];
  /** Adds this boot to it, and keeps what changes until `signal` aborts. `own`: the cards of this machine. */
  keep(file: ClusterFile, own: ReadonlySet<Mac>, signal: AbortSignal, begun?: Begun): Promise<void>;
}

/** Told what is remembered, before anything is written; undefined where there is nothing that remembers. */
type Begun = (state: KeptState | undefined) => void;

const UUID_FILE = '/sys/class/dmi/id/product_uuid';
const BOOT_FILE = '/proc/sys/kernel/random/boot_id';

/** All of it is loaded when it is asked for: a stick is slow, and machines are served first. */
export function driveMemory({ device, dir }: Host0Arguments, { run, files, log }: PlaceDeps, clock: Clock): Memory {
  const path = device ?? (existsSync(join(dir, 'state')) ? dir : undefined);
  const open = async (from: string): Promise<Slots> => (await import('../shell/slots.ts')).openSlots(from, run);
  let state: KeptState | undefined;
  return {
    lastGood: async () => path && (await import('./state.ts')).lastGood(await open(path)),
    warnings: () => state?.warnings() ?? [],
    async keep(file, own, signal, begun = () => undefined) {
      if (path === undefined) return begun(undefined);
      try {
        const [{ beginState }, { makeKeys, randomBytes }] = await Promise.all([
          import('./state.ts'),
          import('../shell/keys.ts'),
        ]);
        const [uuid, boot] = await Promise.all(
          [UUID_FILE, BOOT_FILE].map(async (name) => ((await files.read(name)) ?? '').trim()),
        );
        const [mac] = [...own].sort();
        const machine = mac === undefined ? (uuid ?? '').toLowerCase() : machineUuid(uuid ?? '', mac);
        const slots = await open(path);
        const clusterFile = file.text;
        const time = wallSeconds();
        const who = { machine, boot: boot ?? '' };
        state = await beginState({ slots, log, clock, time, ...who, makeKeys, randomBytes, clusterFile });
        begun(state);
        await state.keep(signal);
      } catch (error) {
        begun(state);
        // Whatever it is, machines are served on.
        log.say('STATE_UNUSABLE', { why: sentenceOf(error) });
      }
    },
  };
}
