import { BOOT_FACTS } from '../core/boot/hostPaths.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { clusterFileAmong } from '../core/cluster/candidates.ts';
import { machineUuid } from '../core/identity/machine.ts';
import type { Mac } from '../core/net/mac.ts';
import { wallSeconds, wallTime, type Clock } from '../shell/clock.ts';
import type { DriveFiles } from '../shell/driveFiles.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import type { Run } from '../shell/run.ts';
import type { Slots } from '../shell/slots.ts';
import type { Host0Arguments } from './arguments.ts';
import type { ClusterFile, Remembered } from './clusterFile.ts';
import { type PlaceDeps } from './place.ts';
import type { KeptState } from './state.ts';
import type { Wishes } from './wishes.ts';

/** What the drive remembers, wired to this machine; a folder that is no drive remembers nothing. */
export interface Memory extends Remembered {
  /** Sentences for `pxen status`. */
  warnings(): readonly string[];
  /** Adds this boot to it, and keeps what changes until `signal` aborts. `own`: the cards of this machine. */
  keep(file: ClusterFile, own: ReadonlySet<Mac>, signal: AbortSignal, begun?: Begun): Promise<void>;
  /** Throws a Failure where there is no drive to write to. */
  wishes(file: ClusterFile): Promise<Wishes>;
}

/** Told what is remembered, before anything is written; undefined where there is nothing that remembers. */
type Begun = (state: KeptState | undefined) => void;

interface Keeping {
  readonly own: ReadonlySet<Mac>;
  readonly signal: AbortSignal;
  readonly begun: Begun;
}

const UUID_FILE = '/sys/class/dmi/id/product_uuid';
const BOOT_FILE = '/proc/sys/kernel/random/boot_id';

/** All of it is loaded when it is asked for: a stick is slow, and machines are served first. */
export function driveMemory(args: Host0Arguments, deps: PlaceDeps, clock: Clock): Memory {
  const { device, dir } = args;
  const { run, log } = deps;
  const path = device ?? (existsSync(join(dir, 'state')) ? dir : undefined);
  const open = (from: string): Promise<Slots> => slotsOf(from, args, run);
  const drive = (): Promise<DriveFiles> => filesOf(path, args, run);
  let state: KeptState | undefined;
  let making: Promise<Wishes> | undefined;
  const make = async (file: ClusterFile): Promise<Wishes> => {
    const { Wishes } = await import('./wishes.ts');
    const keepCopy = (name: string, text: string): Promise<void> => copyTo(dir, name, text, deps);
    return new Wishes({ drive: await drive(), state: () => state, file, keepCopy, now: wallTime, log });
  };
  const wishes = (file: ClusterFile): Promise<Wishes> => (making ??= make(file));
  const keep = async (from: string, file: ClusterFile, { own, signal, begun }: Keeping): Promise<void> => {
    state = await begin(deps, own, await open(from), clock, file);
    begun(state);
    const commands = await wishes(file);
    await finish(commands, deps);
    const { watchByHand } = await import('./byHand.ts');
    await Promise.all([state.keep(signal), watchByHand(await drive(), commands, { clock, log }, signal)]);
  };
  return {
    lastGood: async () => path && (await import('./state.ts')).lastGood(await open(path)),
    overTorn: async (text) => {
      if (path === undefined || !(await isSuspect(text, drive))) return undefined;
      return (await import('./state.ts')).overTorn(await open(path), text);
    },
    warnings: () => state?.warnings() ?? [],
    wishes,
    async keep(file, own, signal, begun = () => undefined) {
      if (path === undefined) return begun(undefined);
      await keep(path, file, { own, signal, begun }).catch((error: unknown) => {
        // Whatever it is, machines are served on.
        if (state === undefined) begun(undefined);
        log.say('STATE_UNUSABLE', { why: sentenceOf(error) });
      });
    },
  };
}

/** What would be read in place of it, by a name that the file had before, is taken away. */
async function copyTo(dir: string, name: string, text: string, { files, run }: PlaceDeps): Promise<void> {
  await files.write(join(dir, name), text);
  const read = clusterFileAmong(await files.list(dir)).name ?? name;
  if (read !== name) await run(['rm', '-f', join(dir, read)]);
}

/**
 * Only then the slots are worth the time that reading them takes (as `overTorn` of state.ts needs them). A drive that cannot be read for
 * it will not be read for more.
 */
const isSuspect = async (text: string, drive: () => Promise<DriveFiles>): Promise<boolean> =>
  !text.endsWith('\n') || (await (await drive()).wasCut().catch(() => false));

async function filesOf(path: string | undefined, { device, dir }: Host0Arguments, run: Run): Promise<DriveFiles> {
  if (path === undefined) throw new Failure(`${dir} is no drive: it has no state/`, 'Edit its cluster.yaml itself.');
  const { deviceFiles, folderFiles } = await import('../shell/driveFiles.ts');
  return device === undefined ? folderFiles(path) : deviceFiles(device, run);
}

/** On a host all that is written to them stays in RAM too: the drive may be pulled, and a new one is made from that. */
async function slotsOf(from: string, { facts }: Host0Arguments, run: Run): Promise<Slots> {
  const slots = (await import('../shell/slots.ts')).openSlots(from, run);
  if (facts !== BOOT_FACTS) return slots;
  const [{ remembering }, { keepState }] = await Promise.all([
    import('../shell/remembering.ts'),
    import('../shell/keptState.ts'),
  ]);
  return remembering(slots, keepState);
}

async function begin(
  { files, log }: PlaceDeps,
  own: ReadonlySet<Mac>,
  slots: Slots,
  clock: Clock,
  file: ClusterFile,
): Promise<KeptState> {
  const [{ beginState }, { makeKeys, randomBytes }] = await Promise.all([
    import('./state.ts'),
    import('../shell/keys.ts'),
  ]);
  const [uuid, boot] = await Promise.all(
    [UUID_FILE, BOOT_FILE].map(async (name) => ((await files.read(name)) ?? '').trim()),
  );
  const [mac] = [...own].sort();
  const machine = mac === undefined ? (uuid ?? '').toLowerCase() : machineUuid(uuid ?? '', mac);
  const who = { machine, boot: boot ?? '' };
  return beginState({ slots, log, clock, time: wallSeconds(), ...who, makeKeys, randomBytes, clusterFile: file.text });
}

/** A drive that cannot be mended now is mended at the next start: both versions stay in its slots. */
async function finish(wishes: Wishes, { log }: PlaceDeps): Promise<void> {
  await wishes.finish().catch((error: unknown) => log.say('STATE_NOT_MENDED', { why: sentenceOf(error) }));
}
