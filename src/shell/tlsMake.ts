import type { KeyObject } from 'node:crypto';
import { certificate, type CertificateFields } from '../core/x509/certificate.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import type { Trust } from '../core/state/trust.ts';
import { nodeCrypto } from './builtin.ts';
import type { TlsIdentity } from './tls.ts';

/** What a server is reached by. */
export interface TlsNames {
  readonly addresses: readonly Ipv4[];
  readonly names: readonly string[];
}

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Keys that are there already; the others are made. */
export interface SomeTrust {
  readonly authority?: Trust['authority'] | undefined;
  readonly rsa?: string | undefined;
  readonly ec?: string | undefined;
}

/**
 * All keys of a cluster's server. The system's generator is asked, which waits until it was seeded (getrandom(2)). `cluster`
 * stands in the authority's name, which firmware shows.
 */
export async function makeTrust(cluster: string, have: SomeTrust = {}): Promise<Trust> {
  const [authority, rsa, ec] = await Promise.all([
    have.authority ?? makeAuthority(cluster),
    have.rsa ?? makePair('rsa').then(({ privateKey }) => keyPem(privateKey)),
    have.ec ?? makePair('ec').then(({ privateKey }) => keyPem(privateKey)),
  ]);
  return { authority, server: { rsa, ec } };
}

/** What the server shows under these names. The same keys and names give the same bytes. */
export function issueServer({ authority, server }: Trust, names: TlsNames): TlsIdentity {
  const keys = [server.ec, server.rsa];
  const cert = keys.map((key) => issueLeaf(authority, key, names) + authority.cert);
  return { cert, key: keys, authority: authority.cert };
}

/** Boot clients check RSA only; 2048 bits is what each of them can. */
function makePair(kind: 'rsa' | 'ec'): Promise<Pair> {
  const { promise, resolve, reject } = Promise.withResolvers<Pair>();
  const done = (error: Error | null, publicKey: KeyObject, privateKey: KeyObject): void =>
    error === null ? resolve({ publicKey, privateKey }) : reject(error);
  if (kind === 'rsa') nodeCrypto().generateKeyPair('rsa', { modulusLength: 2048 }, done);
  else nodeCrypto().generateKeyPair('ec', { namedCurve: 'P-256' }, done);
  return promise;
}

async function makeAuthority(cluster: string): Promise<Trust['authority']> {
  const { publicKey, privateKey } = await makePair('rsa');
  const name = `pxen cluster ${cluster}`;
  const cert = issue({ subject: name, issuer: name, use: { kind: 'authority' } }, publicKey, privateKey);
  return { cert, key: keyPem(privateKey) };
}

function issueLeaf(authority: Trust['authority'], key: string, { addresses, names }: TlsNames): string {
  const { X509Certificate, createPrivateKey, createPublicKey } = nodeCrypto();
  const publicKey = createPublicKey(key);
  const deciphers = publicKey.asymmetricKeyType === 'rsa';
  const issuer = new X509Certificate(authority.cert).subject.replace(/^CN=/, '');
  const subject = names[0] ?? addresses[0] ?? 'pxen';
  const use = { kind: 'server', addresses, names, deciphers } as const;
  return issue({ subject, issuer, use }, publicKey, createPrivateKey(authority.key));
}

type Words = Pick<CertificateFields, 'subject' | 'issuer' | 'use'>;

function issue(words: Words, publicKey: KeyObject, signer: KeyObject): string {
  const { createPublicKey, sign } = nodeCrypto();
  const fields: CertificateFields = {
    ...words,
    serial: serialOf(words, publicKey),
    publicKey: spki(publicKey),
    keyId: keyIdOf(publicKey),
    issuerKeyId: keyIdOf(createPublicKey(signer)),
  };
  return pemOf(certificate(fields, (body) => sign('sha256', body, signer)));
}

/** A number that the issuer gives only once must differ where anything else does: it is a hash of all that. */
const serialOf = (words: Words, publicKey: KeyObject): Uint8Array =>
  nodeCrypto().createHash('sha256').update(JSON.stringify(words)).update(spki(publicKey)).digest().subarray(0, 16);

const spki = (key: KeyObject): Uint8Array => key.export({ type: 'spki', format: 'der' });

const keyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** The leading 160 bits of the key's SHA-256 (RFC 7093 2). */
const keyIdOf = (key: KeyObject): Uint8Array =>
  nodeCrypto().createHash('sha256').update(spki(key)).digest().subarray(0, 20);

const pemOf = (bytes: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(bytes)
    .toString('base64')
    .replaceAll(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;

/** A certificate in a few characters that people compare: the SHA-256 of its bytes, as ssh shows those of keys. */
export function fingerprintOf(cert: string): string {
  const { raw } = new (nodeCrypto().X509Certificate)(cert);
  return `SHA256:${nodeCrypto().createHash('sha256').update(raw).digest('base64').replaceAll('=', '')}`;
}
