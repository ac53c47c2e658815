import { append, headOf, newChain } from '../core/identity/chain.ts';
import { newIdentity, type KeyPair } from '../core/identity/identity.ts';
import { withChange, type StateChange } from '../core/state/changes.ts';
import type { Choice } from '../core/state/choose.ts';
import { writeDriveState, type DriveState } from '../core/state/driveState.ts';
import { insteadOfSecrets } from '../core/state/keptSecrets.ts';
import type { Clock } from '../shell/clock.ts';
import { Failure } from '../shell/fail.ts';
import type { Log } from '../shell/log.ts';
import type { Slots } from '../shell/slots.ts';
import { readState, writeState } from '../shell/state.ts';
import { decoded, insteadOfWishes, Keeper, timeText } from './keeper.ts';

/** What keeping the state needs of the machine. */
export interface StateDeps {
  readonly slots: Slots;
  readonly log: Log;
  readonly clock: Clock;
  /** Seconds since 1970, or any number where the clock is unset. */
  readonly time: number;
  /** UUID of this machine. */
  readonly machine: string;
  /** The kernel's id of this boot. */
  readonly boot: string;
  readonly makeKeys: () => KeyPair;
  readonly randomBytes: (count: number) => Uint8Array;
  /** The text of the `cluster.yaml` that is in force. */
  readonly clusterFile: () => string;
  /** The text of the `secrets.yaml` that is in force; undefined while that is not known. Absent where none is kept. */
  readonly secretsFile?: (() => KnownText | undefined) | undefined;
}

/** The text of a file; undefined where there is no file. */
export interface KnownText {
  readonly text: string | undefined;
}

/** What a drive remembers as it lies there; undefined where that is nothing, or cannot be read. */
async function rememberedIn(slots: Slots): Promise<DriveState | undefined> {
  const { current } = await readState(slots);
  return current === undefined ? undefined : decoded(current.body);
}

/** The last good `cluster.yaml` that a drive keeps. Undefined where it keeps none, or cannot be read: then there is none. */
export async function lastGood(slots: Slots): Promise<string | undefined> {
  return (await rememberedIn(slots))?.clusterFile;
}

/** The last good `secrets.yaml` that a drive keeps, as `lastGood`. */
export const lastGoodSecrets = async (slots: Slots): Promise<string | undefined> =>
  (await rememberedIn(slots))?.secretsFile;

/** As `overTorn`, for secrets.yaml (`insteadOfSecrets`). */
export async function overTornSecrets(slots: Slots, text: string | undefined): Promise<string | undefined> {
  const state = await rememberedIn(slots);
  return state && insteadOfSecrets(text, state);
}

/** What is kept of the files that a person edits; what is not named stays as it is. */
export type Texts = Partial<Pick<DriveState, 'clusterFile' | 'before' | 'secretsFile' | 'secretsBefore'>>;
/** Keeps them, with a line in the drive's history; throws a Failure where the drive does not take it. */
export type PutState = (texts: Texts, change?: Omit<StateChange, 'when'>) => Promise<void>;

/** What host0 keeps on its drive while it serves. */
export interface KeptState {
  readonly warnings: () => readonly string[];
  /** What the drive remembers; undefined where that cannot be used. */
  readonly now: () => DriveState | undefined;
  /** Changes what the drive remembers: in force at once, written at the next look. */
  change(changed: (state: DriveState) => DriveState): void;
  /** Until `signal` aborts: keeps every new version of `cluster.yaml`, and what else was changed. */
  keep(signal: AbortSignal): Promise<void>;
  /** The file on the drive was being written when the power went: the version that was, and the one before. */
  pending(): { readonly clusterFile: string; readonly before: string } | undefined;
  /** Whether this text of the file on the drive is torn (`overTorn`). */
  isTorn(text: string): boolean;
  /** Lets `work` keep what it wants; nothing else is written to the drive meanwhile. `stranger`: why the drive is not ours. */
  exclusively(work: (put: PutState, stranger: () => Promise<string | undefined>) => Promise<void>): Promise<void>;
}

/**
 * The version that is to be in force where this text of `cluster.yaml` is torn; undefined where it is not. Torn is what host0 was
 * writing and what is neither the version before nor the new one; and the beginning of the last good one, cut off within a line: an
 * editor on another machine leaves that when the drive is pulled out under it.
 */
export async function overTorn(slots: Slots, text: string): Promise<string | undefined> {
  const state = await rememberedIn(slots);
  return state === undefined ? undefined : insteadOfWishes(text, state);
}

/** Adds this boot to what the drive remembers; a virgin drive makes its identity first. Never fails: machines boot anyway. */
export async function beginState(deps: StateDeps): Promise<KeptState> {
  const { slots, log } = deps;
  const before = await readState(slots);
  if (before.kind !== 'virgin') {
    for (const { name, why } of before.damaged) log.say('STATE_SLOT_DAMAGED', { slot: name, why });
  }
  const state = stateOf(before, deps);
  if (typeof state === 'string') {
    log.say('STATE_UNUSABLE', { why: state });
    return unusable(state);
  }
  const now = await stamped(state, before.kind === 'virgin', deps);
  const kept = before.kind === 'kept' && now.chain === state.chain ? state.clusterFile : undefined;
  return new Keeper(deps, now, kept, before.kind === 'virgin');
}

function unusable(why: string): KeptState {
  return {
    warnings: () => [`the state of the drive cannot be used: ${why}`],
    now: () => undefined,
    change: () => undefined,
    keep: async () => undefined,
    pending: () => undefined,
    isTorn: () => false,
    exclusively: async () => {
      throw new Failure(`the state of the drive cannot be used: ${why}`, 'A new drive takes over what was exported.');
    },
  };
}

/** The state that was read or made; else why there is none. */
function stateOf({ kind, current }: Choice, { makeKeys, randomBytes, time, machine }: StateDeps): DriveState | string {
  if (kind === 'newer') return 'a later version of pxen wrote it';
  if (kind === 'lost') return 'none of its slots holds a good record';
  if (current !== undefined) return decoded(current.body) ?? 'its newest record is whole, but has another form';
  const identity = newIdentity(makeKeys(), randomBytes(16));
  const chain = newChain(identity.cluster);
  const virgin = { identity, chain, clusterFile: undefined, before: undefined, rest: new Map() };
  return withChange(virgin, { when: timeText(time), who: machine, what: 'first start' });
}

async function stamped(state: DriveState, isFirst: boolean, deps: StateDeps): Promise<DriveState> {
  const { cluster, drive, generation } = state.identity;
  const { log, slots, time, machine, boot } = deps;
  if (isFirst) {
    log.say('STATE_FIRST_START', { cluster, drive });
    // Written twice at the first start, so that no slot stays empty: with an empty one a drive can count as virgin. Where this
    // fails, the second time will say so.
    await writeState(slots, writeDriveState(state)).catch(() => undefined);
  }
  // A server that begins anew is no boot: one that falls over and over must not wear the stick out.
  const isSame = state.chain.stamps.at(-1)?.boot === boot;
  const chain = isSame ? state.chain : append(state.chain, { time, machine, boot });
  log.say('STATE_READ', { cluster, drive, generation, boot: headOf(chain).counter });
  return { ...state, chain };
}
