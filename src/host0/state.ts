import { append, headOf, newChain } from '../core/identity/chain.ts';
import { newIdentity, type KeyPair } from '../core/identity/identity.ts';
import { DecodeError } from '../core/net/bytes.ts';
import { withChange, type StateChange } from '../core/state/changes.ts';
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
/** Keeps it, with a line in the drive's history; throws a Failure where the drive does not take it. */
export type PutState = (texts: Texts, change?: Omit<StateChange, 'when'>) => Promise<void>;

/** What host0 keeps on its drive while it serves. */
export interface KeptState {
  readonly warnings: () => readonly string[];
  /** Until `signal` aborts: keeps every new version of `cluster.yaml`. */
  keep(signal: AbortSignal): Promise<void>;
  /** The file on the drive was being written when the power went: the version that was, and the one before. */
  pending(): { readonly clusterFile: string; readonly before: string } | undefined;
  /** Whether this text of the file on the drive is torn (`overTorn`). */
  isTorn(text: string): boolean;
  /** Lets `work` keep what it wants; nothing else is written to the drive meanwhile. `stranger`: why the drive is not ours. */
  exclusively(work: (put: PutState, stranger: () => Promise<string | undefined>) => Promise<void>): Promise<void>;
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
  const state = current === undefined ? undefined : decoded(current.body);
  return state === undefined ? undefined : insteadOf(text, state);
}

function insteadOf(text: string, { clusterFile, before }: Texts): string | undefined {
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

/** Milliseconds between two looks at what is to be kept. */
const LOOK = 5000;
/** Milliseconds until a drive that did not take a record is tried again: a stick that fails is not worn out by trying. */
const AGAIN = 300_000;

/** What nobody made by a command was made in an editor. */
function byHand(before: string | undefined, after: string | undefined): Omit<StateChange, 'when'> | undefined {
  if (before === after) return undefined;
  const what = before === undefined ? 'cluster.yaml as it was found' : 'cluster.yaml changed by hand';
  return { who: 'somebody', what };
}

const timeText = (seconds: number): string => `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19)}Z`;

class Keeper implements KeptState {
  readonly #deps: StateDeps;
  readonly #began: number;
  #state: DriveState;
  /** The `cluster.yaml` that stands on the drive; undefined where this boot is not on it yet. */
  #kept: string | undefined;
  /** Nothing of this drive's was kept yet. */
  #isNew: boolean;
  #warning: string | undefined;
  /** Ends when what was begun before has come to its end: two writers of one slot would tear it. */
  #turn: Promise<void> = Promise.resolve();

  constructor(deps: StateDeps, state: DriveState, kept: string | undefined, isNew: boolean) {
    this.#deps = deps;
    this.#state = state;
    this.#kept = kept;
    this.#isNew = isNew;
    this.#began = deps.clock.now();
  }

  warnings(): readonly string[] {
    return this.#warning === undefined ? [] : [this.#warning];
  }

  pending(): { readonly clusterFile: string; readonly before: string } | undefined {
    const { clusterFile, before } = this.#state;
    return clusterFile === undefined || before === undefined ? undefined : { clusterFile, before };
  }

  isTorn(text: string): boolean {
    return insteadOf(text, this.#state) !== undefined;
  }

  exclusively(work: Parameters<KeptState['exclusively']>[0]): Promise<void> {
    const stranger = async (): Promise<string | undefined> =>
      this.#stranger((await readState(this.#deps.slots)).current?.body);
    const turn = this.#turn.then(() => work((texts, change) => this.#put(texts, change), stranger));
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
      if (text !== this.#kept) isKept = await this.#write({ clusterFile: text, before: this.#state.before });
    });
    return isKept;
  }

  /** The first record of a boot holds its stamp as well. */
  async #write(texts: Texts): Promise<boolean> {
    try {
      await this.#put(texts, byHand(this.#state.clusterFile, texts.clusterFile));
      return true;
    } catch (error) {
      const why = sentenceOf(error);
      this.#warning = `the state could not be written to the drive: ${why}`;
      this.#deps.log.say('STATE_NOT_KEPT', { why });
      return false;
    }
  }

  async #put(texts: Texts, change?: Omit<StateChange, 'when'>): Promise<void> {
    const put = { ...this.#state, ...texts };
    const next = change === undefined ? put : withChange(put, { ...change, when: this.#now() });
    await writeState(this.#deps.slots, writeDriveState(next), (body) => this.#stranger(body));
    this.#state = next;
    this.#kept = next.clusterFile;
    this.#isNew = false;
    this.#warning = undefined;
  }

  /** The clock of the machine as it was read when it began, and what has passed since. */
  #now(): string {
    const { clock, time } = this.#deps;
    return timeText(time + (clock.now() - this.#began) / 1000);
  }

  /** Drives of one release have one volume id: what is plugged in now may be another drive, of this cluster or of none. */
  #stranger(body: Uint8Array | undefined): string | undefined {
    if (body === undefined) return this.#isNew ? undefined : 'a drive that was never started is in its place';
    const { identity } = this.#state;
    return decoded(body)?.identity.drive === identity.drive ? undefined : 'another drive is in its place';
  }
}
