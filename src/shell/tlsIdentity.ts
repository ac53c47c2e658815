import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { certificate, type CertificateFields } from '../core/x509/certificate.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { nodeCrypto } from './builtin.ts';
import { Failure, sentenceOf } from './fail.ts';
import type { TlsIdentity } from './tls.ts';

/** What a server is reached by. */
export interface TlsNames {
  readonly addresses: readonly Ipv4[];
  readonly names: readonly string[];
  /** Of the cluster; stands in the authority's name, which firmware shows. */
  readonly cluster: string;
}

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
  return { cert, key };
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

/** Names in the folder of keys. The authority is what firmware is given; the other two change with the server's names. */
const FILE = { authority: 'ca.pem', authorityKey: 'ca.key', server: 'server.pem', serverKey: 'server.key' } as const;

/** The certificate in a folder of keys, made there at the first start, and again when the server is called otherwise. */
export async function openTls(folder: string, names: TlsNames): Promise<TlsIdentity & { readonly made: boolean }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const read = (name: string): Promise<string | undefined> => readOrAbsent(join(folder, name));
  const [cert, key] = await Promise.all([read(FILE.server), read(FILE.serverKey)]);
  if (cert !== undefined && key !== undefined && fits(cert, key, names)) return { cert, key, made: false };
  const [caCert, caKey] = await Promise.all([read(FILE.authority), read(FILE.authorityKey)]);
  const isNew = caCert === undefined || caKey === undefined;
  const authority = isNew ? await makeAuthority(names) : { cert: caCert, key: caKey };
  // The key first: a certificate whose key was lost in a power cut would be trusted, and of no use.
  if (isNew) {
    await writeWhole(join(folder, FILE.authorityKey), authority.key);
    await writeWhole(join(folder, FILE.authority), authority.cert);
  }
  const server = await makeServer(authority, names);
  await writeWhole(join(folder, FILE.serverKey), server.key);
  await writeWhole(join(folder, FILE.server), server.cert);
  return { ...server, made: true };
}

const readOrAbsent = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });

/** Whether a certificate is whole and says all that the server is called. */
function fits(cert: string, key: string, { addresses, names }: TlsNames): boolean {
  try {
    const read = new (nodeCrypto().X509Certificate)(cert);
    const isPair = read.checkPrivateKey(nodeCrypto().createPrivateKey(key));
    const isCalled = addresses.every((one) => read.checkIP(one)) && names.every((one) => read.checkHost(one));
    return isPair && isCalled;
  } catch {
    // Torn by a power cut: it is made again.
    return false;
  }
}

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Boot clients check RSA only; 2048 bits is what each of them can. */
function makePair(): Promise<Pair> {
  const { promise, resolve, reject } = Promise.withResolvers<Pair>();
  nodeCrypto().generateKeyPair('rsa', { modulusLength: 2048 }, (error, publicKey, privateKey) =>
    error === null ? resolve({ publicKey, privateKey }) : reject(error),
  );
  return promise;
}

async function makeAuthority({ cluster }: TlsNames): Promise<TlsIdentity> {
  const { publicKey, privateKey } = await makePair();
  const name = `pxen cluster ${cluster}`;
  return issue({ subject: name, issuer: name, use: { kind: 'authority' } }, publicKey, privateKey, privateKey);
}

async function makeServer(authority: TlsIdentity, { addresses, names }: TlsNames): Promise<TlsIdentity> {
  const { publicKey, privateKey } = await makePair();
  const { subject } = new (nodeCrypto().X509Certificate)(authority.cert);
  const issuer = subject.replace(/^CN=/, '');
  const words = {
    subject: names[0] ?? addresses[0] ?? 'pxen',
    issuer,
    use: { kind: 'server', addresses, names },
  } as const;
  const server = issue(words, publicKey, privateKey, nodeCrypto().createPrivateKey(authority.key));
  // The authority goes with it: a client may know it by its key only.
  return { cert: server.cert + authority.cert, key: server.key };
}

type Words = Pick<CertificateFields, 'subject' | 'issuer' | 'use'>;

function issue(words: Words, publicKey: KeyObject, privateKey: KeyObject, signer: KeyObject): TlsIdentity {
  const { createPublicKey, randomBytes, sign } = nodeCrypto();
  const fields: CertificateFields = {
    ...words,
    serial: randomBytes(16),
    publicKey: spki(publicKey),
    keyId: keyIdOf(publicKey),
    issuerKeyId: keyIdOf(createPublicKey(signer)),
  };
  const bytes = certificate(fields, (body) => sign('sha256', body, signer));
  return { cert: pemOf(bytes), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

const spki = (key: KeyObject): Uint8Array => key.export({ type: 'spki', format: 'der' });

/** The leading 160 bits of the key's SHA-256 (RFC 7093 2). */
const keyIdOf = (key: KeyObject): Uint8Array =>
  nodeCrypto().createHash('sha256').update(spki(key)).digest().subarray(0, 20);

const pemOf = (bytes: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(bytes)
    .toString('base64')
    .replaceAll(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;

/** Only for its owner, and whole or not at all. */
async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}
