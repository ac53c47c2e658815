import { join } from 'node:path';
import type { Safe, SecretsWish } from '../core/api/wish.ts';
import { secretsFileAmong } from '../core/cluster/candidates.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { fromUtf8 } from '../core/net/text.ts';
import { changedSecrets, type Changed } from '../core/secrets/change.ts';
import { referencesIn } from '../core/secrets/references.ts';
import { insteadOfSecrets, LONGEST_KEPT, secretsMark } from '../core/state/keptSecrets.ts';
import type { StateChange } from '../core/state/changes.ts';
import { overwriteFile } from '../shell/clusterHistory.ts';
import type { DriveFiles } from '../shell/driveFiles.ts';
import { Failure } from '../shell/fail.ts';
import type { Log } from '../shell/log.ts';
import { noteSecrets } from '../shell/secretsHistory.ts';
import type { SecretsInForce } from './secretsFile.ts';
import type { KeptState, PutState } from './state.ts';
import { keepDone, refuseStranger, stateNow, unwritten } from './wishSteps.ts';

export interface SecretsWishDeps {
  readonly drive: DriveFiles;
  /** Undefined while the drive's state is not read yet. */
  readonly state: () => KeptState | undefined;
  readonly secrets: Pick<SecretsInForce, 'file' | 'check'>;
  readonly cluster: () => Cluster;
  /** Writes the file that this host serves from, for root alone; undefined takes it away. */
  readonly keepCopy: (name: string, text: string | undefined) => Promise<void>;
  /** The time in UTC (RFC 3339), for people. */
  readonly now: () => string;
  readonly log: Log;
}

const SECRETS_FILE = 'secrets.yaml';

/** secrets.yaml as it stands on the drive. */
interface OnDrive {
  readonly name: string;
  /** Undefined where there is none. Where it is torn, the one that is in force. */
  readonly text: string | undefined;
  /** What was read. */
  readonly found: string | undefined;
}

/**
 * Changes of secrets.yaml by command, in the steps of `Wishes`: first into a slot, then into the file on the drive, then in force. Of
 * the version before nothing is kept but what tells it from a torn one.
 */
export class SecretsWishes {
  readonly #deps: SecretsWishDeps;
  /** What was seen in the drive's file last. */
  #onDrive: string | undefined;

  /** `copy`: the file that this host serves from, which was made of the drive's. */
  constructor(deps: SecretsWishDeps, copy: string | undefined) {
    this.#deps = deps;
    this.#onDrive = copy;
  }

  /** The entries that are in force, with the drive or without. */
  inForce(): ReturnType<SecretsInForce['file']> {
    return this.#deps.secrets.file();
  }

  /** Carries a wish out. Throws a Failure where it is not safe; what was in force is in force still. */
  async wish({ changes, before, who, what }: SecretsWish): Promise<Safe> {
    const { cluster, log } = this.#deps;
    await stateNow(this.#deps.state).exclusively(async (put) => {
      const { name, text } = await this.#current();
      if (before !== undefined && before !== (text ?? '')) {
        throw new Failure(`${name} was changed by another meanwhile`, 'Look at it and try again.');
      }
      const after = right(changedSecrets(text, changes, referencesIn(cluster()), name));
      await put({ secretsFile: after, secretsBefore: secretsMark(text) }, { who, what });
      await this.#write(name, after, { who, what }).catch(async (error: unknown) => {
        // Now the way back is under way: what the file is torn to is not to be in force.
        const back = { secretsFile: text, secretsBefore: secretsMark(after) };
        await put(back, { who: 'pxen', what: `taken back: ${what}` }).catch(() => undefined);
        throw unwritten(name, error);
      });
      await this.#inForce(name, after);
      await this.#end(put, after);
    });
    log.say('SECRETS_WISH', { who, what });
    return 'drive';
  }

  /** Takes over what the drive's file says, where it is another than was seen there last, and the drive is ours. */
  async takeByHand(): Promise<void> {
    const state = stateNow(this.#deps.state);
    await state.exclusively(async (_put, stranger) => {
      await refuseStranger(stranger);
      const { name, found } = await this.#current();
      if (found === this.#onDrive) return;
      if (found === NO_TEXT) throw new Failure(`${name} is not text in UTF-8`, 'Save it as UTF-8 in your editor.');
      if (insteadOf(found, state) !== undefined) {
        throw new Failure(`${name} on the drive is torn`, 'Write it anew: pxen secrets set.');
      }
      await this.#inForce(name, found);
      this.#deps.log.say('STATE_BY_HAND', { name });
    });
  }

  /** What a power cut left half-done is brought to its end: the file is either of the two versions again. */
  async finish(): Promise<void> {
    const state = this.#deps.state();
    const kept = state?.now();
    if (state === undefined || kept?.secretsBefore === undefined) return;
    await state.exclusively(async (put) => {
      const { name, found } = await this.#current();
      const whole = insteadOfSecrets(found, kept);
      if (whole === undefined) return put({ secretsFile: found, secretsBefore: undefined });
      const change = { who: 'pxen', what: `${name} mended after a power cut` };
      await this.#write(name, whole, change);
      await this.#inForce(name, whole);
      await this.#end(put, whole, change);
      this.#deps.log.say('SECRETS_MENDED', { name });
    });
  }

  async #current(): Promise<OnDrive> {
    const { drive } = this.#deps;
    const name = secretsFileAmong(await drive.names());
    const found = name === undefined ? undefined : await this.#textOf(name);
    const instead = insteadOf(found, stateNow(this.#deps.state));
    return { name: name ?? SECRETS_FILE, text: instead ?? found, found };
  }

  async #write(name: string, text: string, change: Omit<StateChange, 'when'>): Promise<void> {
    const { drive, now } = this.#deps;
    await drive.writing(async (folder) => {
      await overwriteFile(join(folder, name), text, 0o600);
      await noteSecrets(folder, { ...change, when: now() });
    });
  }

  async #inForce(name: string, text: string | undefined): Promise<void> {
    const { keepCopy, secrets } = this.#deps;
    this.#onDrive = text;
    await keepCopy(name, text);
    await secrets.check();
  }

  #end(put: PutState, text: string, change?: Parameters<PutState>[1]): Promise<void> {
    return keepDone(put({ secretsFile: text, secretsBefore: undefined }, change), this.#deps.log);
  }

  async #textOf(path: string): Promise<string | undefined> {
    const bytes = await this.#deps.drive.read(path);
    const text = bytes && fromUtf8(bytes);
    // Of what is no text nothing can be changed, and it may be torn.
    return bytes === undefined ? undefined : (text ?? NO_TEXT);
  }
}

/** Stands for bytes that are no text; as a text it has a mistake, and no version that was kept is it or begins with it. */
const NO_TEXT = '\uFFFD';

const insteadOf = (text: string | undefined, state: KeptState): string | undefined => {
  const kept = state.now();
  return kept && insteadOfSecrets(text, kept);
};

/** Throws a Failure where nothing is to be changed. */
function right(changed: Changed): string {
  if ('refused' in changed) throw new Failure(...changed.refused, 2);
  if (changed.text.length <= LONGEST_KEPT) return changed.text;
  const what = `secrets.yaml would be longer than ${LONGEST_KEPT / 1024} KiB, and the drive keeps a second copy of it`;
  throw new Failure(what, 'Take out what nothing names: pxen secrets list.', 2);
}
