import type { Safe, Wish } from '../core/api/wish.ts';
import { clusterFileAmong } from '../core/cluster/candidates.ts';
import type { Making } from '../core/cluster/history.ts';
import { mistakesText } from '../core/cluster/mistake.ts';
import { parseCluster } from '../core/cluster/read.ts';
import { CLUSTER_FILE } from '../core/image/layout.ts';
import { fromUtf8 } from '../core/net/text.ts';
import { HISTORY, overwriteFile, textsIn, writeChange } from '../shell/clusterHistory.ts';
import type { DriveFiles } from '../shell/driveFiles.ts';
import { Failure } from '../shell/fail.ts';
import type { Log } from '../shell/log.ts';
import type { ClusterFile } from './clusterFile.ts';
import type { KeptState, PutState } from './state.ts';
import { keepDone, refuseStranger, stateNow, unwritten } from './wishSteps.ts';

export interface WishDeps {
  readonly drive: DriveFiles;
  /** Undefined while the drive's state is not read yet. */
  readonly state: () => KeptState | undefined;
  readonly file: ClusterFile;
  /** Writes the file that this host serves from. */
  readonly keepCopy: (name: string, text: string) => Promise<void>;
  /** The time in UTC (RFC 3339), for people. */
  readonly now: () => string;
  readonly log: Log;
}

/** cluster.yaml as it stands on the drive. */
interface OnDrive {
  readonly name: string;
  /** Where it cannot be read, or is torn, the one that is in force. */
  readonly text: string;
  /** What was read; undefined where nothing could be. */
  readonly found: string | undefined;
}

/** Changes of cluster.yaml by command: first into a slot, then into the file on the drive and its history, then in force. */
export class Wishes {
  readonly #deps: WishDeps;
  /** What was seen in the drive's file last; the copy in RAM is made of it. */
  #onDrive: string;

  constructor(deps: WishDeps) {
    this.#deps = deps;
    this.#onDrive = deps.file.text();
  }

  async current(): Promise<OnDrive> {
    const { drive, file, state } = this.#deps;
    const { name } = clusterFileAmong(await drive.names());
    const found = name === undefined ? undefined : await this.#textOf(name);
    const isWhole = found !== undefined && state()?.isTorn(found) !== true;
    return { name: name ?? CLUSTER_FILE, text: isWhole ? found : file.text(), found };
  }

  /** The text that is in force, with the drive or without. */
  inForce(): string {
    return this.#deps.file.text();
  }

  /** A file of the history; undefined where there is none. */
  historyFile(name: string): Promise<string | undefined> {
    return this.#textOf(`${HISTORY}/${name}`);
  }

  /** Carries a wish out. Throws a Failure where it is not safe; what was in force is in force still. */
  async wish({ before, after, who, what }: Wish): Promise<Safe> {
    refuseMistakes(after);
    const state = stateNow(this.#deps.state);
    await state.exclusively(async (put) => {
      const now = await this.current();
      if (now.text !== before)
        throw new Failure(`${now.name} was changed by another meanwhile`, 'Look at it and try again.');
      await put({ clusterFile: after, before }, { who, what });
      await this.#write(now.name, { before, after, who, what }).catch(async (error: unknown) => {
        // Now the way back is under way: what the file is torn to is not to be in force.
        await put({ clusterFile: before, before: after }, { who: 'pxen', what: `taken back: ${what}` }).catch(
          () => undefined,
        );
        throw unwritten(now.name, error);
      });
      await this.#inForce(now.name, after);
      await this.#end(put, after);
    });
    this.#deps.log.say('STATE_WISH', { who, what });
    return 'drive';
  }

  /** Takes over what the drive's file says, where it is another than was seen there last, and the drive is ours. */
  async takeByHand(): Promise<void> {
    const state = stateNow(this.#deps.state);
    await state.exclusively(async (_put, stranger) => {
      await refuseStranger(stranger);
      const { name, found: text } = await this.current();
      if (text === undefined || text === this.#onDrive) return;
      this.#onDrive = text;
      if (text === this.inForce()) return;
      if (state.isTorn(text)) throw new Failure(`${name} on the drive is torn`, 'Write it anew: pxen config edit.');
      await this.#inForce(name, text);
      this.#deps.log.say('STATE_BY_HAND', { name });
    });
  }

  /** What a power cut left half-done is brought to its end: the file is either of the two versions again. */
  async finish(): Promise<void> {
    const state = this.#deps.state();
    const pending = state?.pending();
    if (state === undefined || pending === undefined) return;
    await state.exclusively(async (put) => {
      const { name, found } = await this.current();
      const { clusterFile, before } = pending;
      if (found === clusterFile || found === before) return put({ clusterFile: found, before: undefined });
      const torn = found ?? '';
      await this.#write(name, { before: torn, after: clusterFile, who: 'pxen', what: 'mended after a power cut' });
      await this.#inForce(name, clusterFile);
      await this.#end(put, clusterFile, { who: 'pxen', what: `${name} mended after a power cut` });
      this.#deps.log.say('STATE_MENDED', { name });
    });
  }

  async #write(name: string, change: Omit<Making, 'when'>): Promise<void> {
    const { drive, now } = this.#deps;
    const making = { ...change, when: now() };
    await drive.writing((folder) => writeChange(folder, name, making, textsIn(folder), overwriteFile));
  }

  async #inForce(name: string, text: string): Promise<void> {
    const { keepCopy, file } = this.#deps;
    this.#onDrive = text;
    await keepCopy(name, text);
    await file.check();
  }

  #end(put: PutState, text: string, change?: Parameters<PutState>[1]): Promise<void> {
    return keepDone(put({ clusterFile: text, before: undefined }, change), this.#deps.log);
  }

  async #textOf(path: string): Promise<string | undefined> {
    const bytes = await this.#deps.drive.read(path);
    return bytes === undefined ? undefined : fromUtf8(bytes);
  }
}

function refuseMistakes(text: string): void {
  const reading = parseCluster(text, CLUSTER_FILE);
  if ('cluster' in reading) return;
  const sentence = `nothing is changed, for ${CLUSTER_FILE} would have mistakes\n${mistakesText(reading.mistakes)}`;
  throw new Failure(sentence, 'Correct what was asked for.', 2);
}
