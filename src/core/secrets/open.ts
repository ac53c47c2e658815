import type { SecretsFile } from './read.ts';
import { Secret } from './secret.ts';
import type { SecretEntry, Secrets } from './secrets.ts';
import { lockId, openLock, unwrap, type Cipher, type Lock, type Wrapped } from './wrapped.ts';

/** Keys that a passphrase gave, by `lockId`. Kept in RAM only. */
export type Keyring = ReadonlyMap<string, Uint8Array>;

/** The entries of a file, as far as the keys at hand open them. */
export function openSecrets(file: SecretsFile, cluster: string, keys: Keyring, cipher: Cipher): Secrets {
  return new Map([...file].map(([name, entry]) => [name, opened(entry, { cluster, name }, keys, cipher)]));
}

function opened(
  entry: Secret | Wrapped,
  bound: { readonly cluster: string; readonly name: string },
  keys: Keyring,
  cipher: Cipher,
): SecretEntry {
  if (entry instanceof Secret) return { value: entry };
  const key = keys.get(lockId(entry.lock));
  if (key === undefined)
    return { missing: `the secret ${bound.name} is wrapped; pxen secrets unlock on host0 opens it` };
  const value = unwrap(entry, bound, key, cipher);
  if (value !== undefined) return { value };
  return {
    missing: `the secret ${bound.name} was wrapped under another name or for another cluster than ${bound.cluster}`,
  };
}

/** The locks of a file, one each. */
export function locksOf(file: SecretsFile): Lock[] {
  const locks = [...file.values()].flatMap((entry) => (entry instanceof Secret ? [] : [entry.lock]));
  return [...new Map(locks.map((lock) => [lockId(lock), lock])).values()];
}

/** The locks that a passphrase opens; empty where it opens none. */
export function keysFor(file: SecretsFile, passphrase: string, cipher: Cipher): Keyring {
  const open = locksOf(file).flatMap((lock) => openLock(lock, passphrase, cipher) ?? []);
  return new Map(open.map(({ lock, key }) => [lockId(lock), key]));
}
