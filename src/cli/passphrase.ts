import { locksOf } from '../core/secrets/open.ts';
import type { SecretsFile } from '../core/secrets/read.ts';
import { lockId, makeLock, openLock, type OpenLock } from '../core/secrets/wrapped.ts';
import { Failure } from '../shell/fail.ts';
import { hidden } from '../shell/hidden.ts';
import { cipher } from '../shell/wrapping.ts';
import type { Call } from './call.ts';
import { textOfFile } from './clusterFile.ts';

const SHORTEST = 8;

/** The passphrase: from the file that `--passphrase` names, else typed. */
async function passphraseOf({ values }: Call, question = 'Passphrase: '): Promise<string> {
  const file = values['passphrase'];
  if (file !== undefined) return (await textOfFile(file)).replace(/\r?\n$/, '');
  if (hidden.isTerminal) return hidden.ask(question);
  throw new Failure('nobody can be asked for the passphrase here', 'Name a file that holds it: --passphrase FILE.', 2);
}

/**
 * The lock to wrap by: the one that is in use already, if the passphrase opens it, so that one passphrase is for all; else a new one,
 * for which the passphrase is asked twice.
 */
export async function lockFor(secrets: SecretsFile, call: Call): Promise<OpenLock> {
  const [lock] = locksOf(secrets);
  const passphrase = await passphraseOf(call);
  if (lock !== undefined) return openLock(lock, passphrase, cipher) ?? wrong();
  if (Array.from(passphrase).length < SHORTEST) {
    throw new Failure(`the passphrase is shorter than ${SHORTEST} characters`, 'Take some words.', 2);
  }
  const again = call.values['passphrase'] !== undefined || (await hidden.ask('Once more: ')) === passphrase;
  if (!again) throw new Failure('the two passphrases differ', 'Try again.', 2);
  return makeLock(passphrase, cipher);
}

/** The keys of all locks that the passphrase opens; throws Failure where it opens none. */
export async function keysOf(secrets: SecretsFile, call: Call): Promise<ReadonlyMap<string, Uint8Array>> {
  const passphrase = await passphraseOf(call);
  const open = locksOf(secrets).flatMap((lock) => openLock(lock, passphrase, cipher) ?? []);
  return open.length === 0 ? wrong() : new Map(open.map(({ lock, key }) => [lockId(lock), key]));
}

function wrong(): never {
  throw new Failure('this is not the passphrase', 'Try again; what is wrapped is as it was.', 2);
}
