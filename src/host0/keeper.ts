import { DecodeError } from '../core/net/bytes.ts';
import { withChange, type StateChange } from '../core/state/changes.ts';
import { readDriveState, writeDriveState, type DriveState } from '../core/state/driveState.ts';
import { LONGEST_KEPT } from '../core/state/keptSecrets.ts';
import { insteadOf } from '../core/state/torn.ts';
import { sentenceOf } from '../shell/fail.ts';
import { readState, writeState } from '../shell/state.ts';
import type { KeptState, StateDeps, Texts } from './state.ts';

/** What a record says; undefined where it has another form. */
export function decoded(body: Uint8Array): DriveState | undefined {
  try {
    return readDriveState(body);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** As `overTorn` of state.ts, of what a drive remembers. */
export const insteadOfWishes = (text: string, { clusterFile, before }: DriveState): string | undefined =>
  insteadOf(text, clusterFile, before === undefined ? undefined : (other) => other === before);

/** Milliseconds between two looks at what is to be kept. */
const LOOK = 5000;
/** Milliseconds until a drive that did not take a record is tried again: a stick that fails is not worn out by trying. */
const AGAIN = 300_000;

/** What became of a file, in words; never its text. */
function byHandOf(name: string, before: string | undefined, after: string | undefined): string[] {
  if (before === after) return [];
  if (after === undefined) return [`${name} taken away`];
  return [`${name} ${before === undefined ? 'as it was found' : 'changed by hand'}`];
}

/** What was changed by nobody's command: in an editor, or by what host0 made by itself. Undefined where nothing was. */
function unasked(before: DriveState, after: DriveState): Omit<StateChange, 'when'> | undefined {
  const byHand = [
    byHandOf('cluster.yaml', before.clusterFile, after.clusterFile),
    byHandOf('secrets.yaml', before.secretsFile, after.secretsFile),
  ].flat();
  if (byHand.length > 0) return { who: 'somebody', what: byHand.join(' and ') };
  const made = [
    before.trust === after.trust ? [] : ['keys of the server'],
    before.hostKeys === after.hostKeys ? [] : ['SSH keys of hosts'],
  ].flat();
  return made.length === 0 ? undefined : { who: 'pxen', what: `${made.join(' and ')} made` };
}

/** The time in UTC (RFC 3339), from seconds since 1970. */
export const timeText = (seconds: number): string =>
  `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19)}Z`;

export class Keeper implements KeptState {
  readonly #deps: StateDeps;
  readonly #began: number;
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
    this.#began = deps.clock.now();
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

  isTorn(text: string): boolean {
    return insteadOfWishes(text, this.#state) !== undefined;
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
      const secrets = this.#secrets();
      // While a file is torn its two versions stay; they are told apart from it, and it is mended, by `Wishes.finish`.
      const isSame = text === this.#kept && secrets === this.#state.secretsFile && this.#state === this.#written;
      if (!isSame) isKept = await this.#write({ clusterFile: text, secretsFile: secrets });
    });
    return isKept;
  }

  /** What is to be remembered of `secrets.yaml`; what is remembered already, until that is known. */
  #secrets(): string | undefined {
    const known = this.#deps.secretsFile?.();
    if (known === undefined) return this.#state.secretsFile;
    return known.text !== undefined && known.text.length > LONGEST_KEPT ? undefined : known.text;
  }

  /** The first record of a boot holds its stamp as well. */
  async #write(texts: Texts): Promise<boolean> {
    try {
      await this.#put(texts, unasked(this.#written, { ...this.#state, ...texts }));
      return true;
    } catch (error) {
      const why = sentenceOf(error);
      this.#warning = `the state could not be written to the drive: ${why}`;
      this.#deps.log.say('STATE_NOT_KEPT', { why });
      return false;
    }
  }

  async #put(texts: Texts, change?: Omit<StateChange, 'when'>): Promise<void> {
    const line = change === undefined ? undefined : { ...change, when: this.#time() };
    const changed = (state: DriveState): DriveState =>
      line === undefined ? { ...state, ...texts } : withChange({ ...state, ...texts }, line);
    const wrote = this.#state;
    const next = changed(wrote);
    await writeState(this.#deps.slots, writeDriveState(next), (body) => this.#stranger(body));
    // What was changed meanwhile is written at the next look.
    this.#state = this.#state === wrote ? next : changed(this.#state);
    this.#written = next;
    this.#kept = next.clusterFile;
    this.#isNew = false;
    this.#warning = undefined;
  }

  /** The clock of the machine as it was read when it began, and what has passed since. */
  #time(): string {
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
