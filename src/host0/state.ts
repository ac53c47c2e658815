import { append, headOf, newChain } from '../core/identity/chain.ts';
import { newIdentity, type KeyPair } from '../core/identity/identity.ts';
import { DecodeError } from '../core/net/bytes.ts';
import type { Choice } from '../core/state/choose.ts';
import { readDriveState, writeDriveState, type DriveState } from '../core/state/driveState.ts';
import type { Clock } from '../shell/clock.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import type { Log } from '../shell/log.ts';
import type { Slots } from '../shell/slots.ts';
import { readState, writeState } from '../shell/state.ts';

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
}

/** The last good `cluster.yaml` that a drive keeps. Undefined where it keeps none, or cannot be read: then there is none. */
export async function lastGood(slots: Slots): Promise<string | undefined> {
  const { current } = await readState(slots);
  return current === undefined ? undefined : decoded(current.body)?.clusterFile;
}

function decoded(body: Uint8Array): DriveState | undefined {
  try {
    return readDriveState(body);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** What is kept of `cluster.yaml`. */
type Texts = Pick<DriveState, 'clusterFile' | 'before'>;
/** Keeps it; throws a Failure where the drive does not take it. */
export type PutState = (texts: Texts) => Promise<void>;

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
  /** Lets `work` keep what it wants; nothing else is written to the drive meanwhile. */
  exclusively(work: (put: PutState) => Promise<void>): Promise<void>;
}

/** Whether a text ends within a line, as few that a person wrote do. */
const endsWithin = (text: string): boolean => !text.endsWith('\n');

/**
 * The version that is to be in force where this text of `cluster.yaml` is torn; undefined where it is not. Torn is what host0 was
 * writing and what is neither the version before nor the new one; and the beginning of the last good one, cut off within a line: an
 * editor on another machine leaves that when the drive is pulled out under it.
 */
export async function overTorn(slots: Slots, text: string): Promise<string | undefined> {
  const { current } = await readState(slots);
  const { clusterFile, before } = (current === undefined ? undefined : decoded(current.body)) ?? {};
  if (clusterFile === undefined || text === clusterFile) return undefined;
  if (before === undefined) return clusterFile.startsWith(text) && endsWithin(text) ? clusterFile : undefined;
  return text === before ? undefined : clusterFile;
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
    exclusively: async () => {
      throw new Failure(`the state of the drive cannot be used: ${why}`, 'A new drive takes over what was exported.');
    },
  };
}

/** The state that was read or made; else why there is none. */
function stateOf({ kind, current }: Choice, { makeKeys, randomBytes }: StateDeps): DriveState | string {
  if (kind === 'newer') return 'a later version of pxen wrote it';
  if (kind === 'lost') return 'none of its slots holds a good record';
  if (current !== undefined) return decoded(current.body) ?? 'its newest record is whole, but has another form';
  const identity = newIdentity(makeKeys(), randomBytes(16));
  return { identity, chain: newChain(identity.cluster), clusterFile: undefined, before: undefined, rest: new Map() };
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

/** Milliseconds between two looks at what is to be kept. */
const LOOK = 5000;
/** Milliseconds until a drive that did not take a record is tried again: a stick that fails is not worn out by trying. */
const AGAIN = 300_000;

class Keeper implements KeptState {
  readonly #deps: StateDeps;
  #state: DriveState;
  /** The `cluster.yaml` that stands on the drive; undefined where this boot is not on it yet. */
  #kept: string | undefined;
  /** The state as it was written last, or read. */
  #written: DriveState;
  /** Nothing of this drive's was kept yet. */
  #isNew: boolean;
  #warning: string | undefined;
  /** Ends when what was begun before has come to its end: two writers of one slot would tear it. */
  #turn: Promise<void> = Promise.resolve();

  constructor(deps: StateDeps, state: DriveState, kept: string | undefined, isNew: boolean) {
    this.#deps = deps;
    this.#state = state;
    this.#written = state;
    this.#kept = kept;
    this.#isNew = isNew;
  }

  warnings(): readonly string[] {
    return this.#warning === undefined ? [] : [this.#warning];
  }

  now(): DriveState {
    return this.#state;
  }

  change(changed: (state: DriveState) => DriveState): void {
    this.#state = changed(this.#state);
  }

  pending(): { readonly clusterFile: string; readonly before: string } | undefined {
    const { clusterFile, before } = this.#state;
    return clusterFile === undefined || before === undefined ? undefined : { clusterFile, before };
  }

  exclusively(work: (put: PutState) => Promise<void>): Promise<void> {
    const turn = this.#turn.then(() => work((texts) => this.#put(texts)));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async keep(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    while (!signal.aborted) {
      const isKept = await this.#look();
      await clock.sleep(isKept ? LOOK : AGAIN, signal).catch(() => undefined);
    }
  }

  /** Keeps what is in force, if it is not kept yet; false where the drive does not take it. */
  async #look(): Promise<boolean> {
    let isKept = true;
    await this.exclusively(async () => {
      const text = this.#deps.clusterFile();
      // While the file is torn its two versions stay; they are told apart from it, and it is mended, by `Wishes.finish`.
      const isSame = text === this.#kept && this.#state === this.#written;
      if (!isSame) isKept = await this.#write({ clusterFile: text, before: this.#state.before });
    });
    return isKept;
  }

  /** The first record of a boot holds its stamp as well. */
  async #write(texts: Texts): Promise<boolean> {
    try {
      await this.#put(texts);
      return true;
    } catch (error) {
      const why = sentenceOf(error);
      this.#warning = `the state could not be written to the drive: ${why}`;
      this.#deps.log.say('STATE_NOT_KEPT', { why });
      return false;
    }
  }

  async #put(texts: Texts): Promise<void> {
    const wrote = this.#state;
    const next = { ...wrote, ...texts };
    await writeState(this.#deps.slots, writeDriveState(next), (body) => this.#stranger(body));
    // What was changed meanwhile is written at the next look.
    this.#state = this.#state === wrote ? next : { ...this.#state, ...texts };
    this.#written = next;
    this.#kept = next.clusterFile;
    this.#isNew = false;
    this.#warning = undefined;
  }

  /** Drives of one release have one volume id: what is plugged in now may be another drive, of this cluster or of none. */
  #stranger(body: Uint8Array | undefined): string | undefined {
    if (body === undefined) return this.#isNew ? undefined : 'a drive that was never started is in its place';
    const { identity } = this.#state;
    return decoded(body)?.identity.drive === identity.drive ? undefined : 'another drive is in its place';
  }
}
