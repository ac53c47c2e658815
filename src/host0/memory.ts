import { BOOT_FACTS } from '../core/boot/hostPaths.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { machineUuid } from '../core/identity/machine.ts';
import type { Mac } from '../core/net/mac.ts';
import { wallSeconds, type Clock } from '../shell/clock.ts';
import type { DriveFiles } from '../shell/driveFiles.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import type { Run } from '../shell/run.ts';
import type { Slots } from '../shell/slots.ts';
import type { Host0Arguments } from './arguments.ts';
import type { ClusterFile, Remembered } from './clusterFile.ts';
import type { Commands } from './control.ts';
import { type PlaceDeps } from './place.ts';
import type { RememberedSecrets, SecretsInForce } from './secretsFile.ts';
import type { KeptState } from './state.ts';

/** What the drive remembers, wired to this machine; a folder that is no drive remembers nothing. */
export interface Memory extends Remembered {
  /** Sentences for `pxen status`. */
  warnings(): readonly string[];
  /** Adds this boot to it, and keeps what changes until `signal` aborts. `own`: the cards of this machine. */
  keep(edited: Edited, own: ReadonlySet<Mac>, signal: AbortSignal, begun?: Begun): Promise<void>;
  /** What it remembers of secrets.yaml. */
  readonly secrets: RememberedSecrets;
  /** Throws a Failure where there is no drive to write to. */
  commands(edited: Edited): Promise<Commands>;
}

/** The files that a person edits, as they are in force. */
export interface Edited {
  readonly file: ClusterFile;
  readonly secrets: SecretsInForce;
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
  let making: Promise<Commands> | undefined;
  const make = async (edited: Edited): Promise<Commands> =>
    (await import('./commands.ts')).commandsOn(await drive(), () => state, edited, { ...deps, dir });
  const commands = (edited: Edited): Promise<Commands> => (making ??= make(edited));
  const keep = async (from: string, edited: Edited, { own, signal, begun }: Keeping): Promise<void> => {
    state = await begin(deps, own, await open(from), clock, edited);
    begun(state);
    const { wishes, secrets } = await commands(edited);
    for (const one of [wishes, secrets]) await finish(one, deps);
    const { watchByHand } = await import('./byHand.ts');
    const watching = watchByHand(await drive(), [wishes, secrets], { clock, log }, signal);
    await Promise.all([state.keep(signal), watching]);
  };
  return {
    ...rememberedOn(path, open, drive),
    warnings: () => state?.warnings() ?? [],
    commands,
    async keep(edited, own, signal, begun = () => undefined) {
      if (path === undefined) return begun(undefined);
      await keep(path, edited, { own, signal, begun }).catch((error: unknown) => {
        // Whatever it is, machines are served on.
        if (state === undefined) begun(undefined);
        log.say('STATE_UNUSABLE', { why: sentenceOf(error) });
      });
    },
  };
}

/** What the drive remembers of the files that a person edits; nothing where there is none. */
function rememberedOn(
  path: string | undefined,
  open: (from: string) => Promise<Slots>,
  drive: () => Promise<DriveFiles>,
): Remembered & Pick<Memory, 'secrets'> {
  let cut: Promise<boolean> | undefined;
  // As it was at the start: what is mended then is not marked any more. A drive that cannot be read for it will not be read for more.
  const wasCut = (): Promise<boolean> =>
    (cut ??= drive()
      .then((files) => files.wasCut())
      .catch(() => false));
  // Only then the slots are worth the time that reading them takes.
  const suspected = async (text: string | undefined): Promise<boolean> =>
    (await wasCut()) || text?.endsWith('\n') === false;
  return {
    lastGood: async () => path && (await import('./state.ts')).lastGood(await open(path)),
    async overTorn(text) {
      if (path === undefined || !(await suspected(text))) return undefined;
      return (await import('./state.ts')).overTorn(await open(path), text);
    },
    secrets: {
      lastGood: async () => path && (await import('./state.ts')).lastGoodSecrets(await open(path)),
      async overTorn(text) {
        if (path === undefined || !(await suspected(text))) return undefined;
        return (await import('./state.ts')).overTornSecrets(await open(path), text);
      },
    },
  };
}

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
  { file, secrets }: Edited,
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
  const texts = { clusterFile: file.text, secretsFile: secrets.known };
  return beginState({ slots, log, clock, time: wallSeconds(), ...who, makeKeys, randomBytes, ...texts });
}

/** A drive that cannot be mended now is mended at the next start: both versions stay in its slots. */
async function finish(one: Commands['wishes' | 'secrets'], { log }: PlaceDeps): Promise<void> {
  await one.finish().catch((error: unknown) => log.say('STATE_NOT_MENDED', { why: sentenceOf(error) }));
}
