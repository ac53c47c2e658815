import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Trust } from '../core/state/trust.ts';
import { nodeCrypto } from './builtin.ts';
import { Failure, sentenceOf } from './fail.ts';
import type { TlsIdentity } from './tls.ts';
import { issueServer, makeTrust, type SomeTrust, type TlsNames } from './tlsMake.ts';

/** Reads a certificate and its key from files that were given; throws Failure where they do not fit each other. */
export async function readTls(certPath: string, keyPath: string): Promise<TlsIdentity> {
  const read = (path: string): Promise<string> =>
    readFile(path, 'utf8').catch((error: unknown) => {
      throw new Failure(`${path} cannot be read: ${sentenceOf(error)}`, 'Name a PEM file that can be.', 2, error);
    });
  const [cert, key] = await Promise.all([read(certPath), read(keyPath)]);
  const [certificateRead, keyRead] = [certificateOf(cert, certPath), keyOf(key, keyPath)];
  if (!certificateRead.checkPrivateKey(keyRead)) {
    throw new Failure(`the key in ${keyPath} is not that of the certificate in ${certPath}`, 'Name a pair.', 2);
  }
  if (keyRead.asymmetricKeyType !== 'rsa') {
    throw new Failure(
      `the key in ${keyPath} is ${keyRead.asymmetricKeyType ?? 'of no kind'}, and iPXE checks RSA only`,
      'Have a certificate made for an RSA key of 2048 bits.',
      2,
    );
  }
  return { cert: [cert], key: [key] };
}

function certificateOf(pem: string, path: string): X509Certificate {
  try {
    return new (nodeCrypto().X509Certificate)(pem);
  } catch (error) {
    throw new Failure(
      `${path} holds no certificate`,
      'It has to be PEM, and to begin with the server’s own.',
      2,
      error,
    );
  }
}

function keyOf(pem: string, path: string): KeyObject {
  try {
    return nodeCrypto().createPrivateKey(pem);
  } catch (error) {
    throw new Failure(`${path} holds no private key without a passphrase`, 'It has to be PEM.', 2, error);
  }
}

/** Names in the folder of keys. The authority is what clients are given; the certificates change with the server's names. */
const FILE = {
  authority: 'ca.pem',
  authorityKey: 'ca.key',
  rsa: 'server.pem',
  rsaKey: 'server.key',
  ec: 'server-ec.pem',
  ecKey: 'server-ec.key',
} as const;

/** Keys in a folder, and what the server shows of them. */
interface FolderTls extends TlsIdentity {
  /** Whether anything was made, or made anew for other names. */
  readonly made: boolean;
}

/** The keys in a folder, made there at the first start, and certificates of them. `cluster`: its name, for a new authority. */
export async function openTls(folder: string, names: TlsNames & { readonly cluster: string }): Promise<FolderTls> {
  const before = await readKeys(folder);
  const trust = await makeTrust(names.cluster, before);
  const identity = issueServer(trust, names);
  const [ec = '', rsa = ''] = identity.cert;
  const made = [
    await keepKeys(folder, trust),
    await writeIfOther(join(folder, FILE.rsa), rsa),
    await writeIfOther(join(folder, FILE.ec), ec),
  ];
  return { ...identity, made: made.includes(true) };
}

/** The keys that a folder holds. Throws Failure where the authority there is damaged: another one is not made in silence. */
export async function readKeys(folder: string): Promise<SomeTrust> {
  const read = (name: string): Promise<string | undefined> => readOrAbsent(join(folder, name));
  const [cert, key, rsa, ec] = await Promise.all(
    [FILE.authority, FILE.authorityKey, FILE.rsaKey, FILE.ecKey].map(read),
  );
  if (cert === undefined || key === undefined) return { rsa: usable(rsa), ec: usable(ec) };
  const [certPath, keyPath] = [join(folder, FILE.authority), join(folder, FILE.authorityKey)];
  if (!certificateOf(cert, certPath).checkPrivateKey(keyOf(key, keyPath)))
    throw new Failure(`the key in ${keyPath} is not that of ${certPath}`, 'Put the pair back, or remove both.', 2);
  return { authority: { cert, key }, rsa: usable(rsa), ec: usable(ec) };
}

/** A server's key that is damaged is made anew: nobody knows the server by it. */
function usable(key: string | undefined): string | undefined {
  try {
    return key === undefined ? undefined : (keyOf(key, ''), key);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** Writes keys that a folder lacks; gives whether there were any. */
export async function keepKeys(folder: string, { authority, server }: Trust): Promise<boolean> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Keys first: a certificate whose key was lost in a power cut would be trusted, and of no use.
  const files = [
    [FILE.authorityKey, authority.key],
    [FILE.authority, authority.cert],
    [FILE.rsaKey, server.rsa],
    [FILE.ecKey, server.ec],
  ] as const;
  let wrote = false;
  for (const [name, text] of files) wrote = (await writeIfOther(join(folder, name), text)) || wrote;
  return wrote;
}

const readOrAbsent = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });

async function writeIfOther(path: string, text: string): Promise<boolean> {
  if ((await readOrAbsent(path)) === text) return false;
  await writeWhole(path, text);
  return true;
}

/** Only for its owner, and whole or not at all. */
async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}
