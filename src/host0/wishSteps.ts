import { Failure, sentenceOf } from '../shell/fail.ts';
import type { Log } from '../shell/log.ts';
import type { KeptState } from './state.ts';

/** The steps that changes of every file on the drive have in common (`Wishes`, `SecretsWishes`). */

/** What the drive remembers. Throws a Failure while it is not read yet. */
export function stateNow(read: () => KeptState | undefined): KeptState {
  const state = read();
  if (state !== undefined) return state;
  throw new Failure('the state of the drive is not read yet, or cannot be used', 'pxen status says which.');
}

/** Throws a Failure where another drive is plugged in. `stranger`: why it is another one. */
export async function refuseStranger(stranger: () => Promise<string | undefined>): Promise<void> {
  const why = await stranger();
  if (why !== undefined) throw new Failure(why, 'Put the drive back that this host was booted from.');
}

/** Keeps that a change is done. If that fails it is of no account to the wish, which is safe already. */
export const keepDone = (done: Promise<void>, log: Log): Promise<void> =>
  done.catch((error: unknown) => log.say('STATE_NOT_KEPT', { why: sentenceOf(error) }));

/** What was begun and could not be brought to its end on the drive. */
export function unwritten(name: string, error: unknown): Failure {
  const sentence = `${name} could not be written to the drive, the version before stays in force: ${sentenceOf(error)}`;
  return new Failure(sentence, 'The drive is failing, or write-protected: write another one.', 1, error);
}
