import { sha256 } from '@noble/hashes/sha2.js';
import { ByteReader, ByteWriter, DecodeError } from '../net/bytes.ts';
import { base64, fromBase64 } from '../net/base64.ts';
import { fromUtf8, utf8 } from '../net/text.ts';
import { expectString, putString, takeString } from './wire.ts';

/** An Ed25519 key pair of RFC 8032: 32 bytes each. */
export interface SshKey {
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
}

const SSH_KEY_TYPE = 'ssh-ed25519';
const MAGIC = 'openssh-key-v1\0';
const BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----';
const END = '-----END OPENSSH PRIVATE KEY-----';
/** Characters of a line, and the block that the private part is padded to where nothing encrypts it. */
const [LINE, BLOCK] = [70, 8];

/** The key as it travels in SSH (RFC 8709 4). */
const blobOf = (publicKey: Uint8Array): Uint8Array =>
  putString(putString(new ByteWriter(64), SSH_KEY_TYPE), publicKey).bytes();

/** The line of a file `.pub`, without its end. */
export const publicLine = ({ publicKey }: Pick<SshKey, 'publicKey'>, comment: string): string =>
  `${SSH_KEY_TYPE} ${base64(blobOf(publicKey))}${comment === '' ? '' : ` ${comment}`}`;

/** As `ssh-keygen -l` and a client's question show it. */
export const fingerprint = ({ publicKey }: Pick<SshKey, 'publicKey'>): string => fingerprintOfBlob(blobOf(publicKey));

const fingerprintOfBlob = (blob: Uint8Array): string => `SHA256:${base64(sha256(blob)).replaceAll('=', '')}`;

/** The fingerprint of the key in a line of a file `.pub`; undefined where there is none. */
export function fingerprintOfLine(line: string): string | undefined {
  const [type, blob = ''] = line.trim().split(/\s+/);
  const bytes = type?.startsWith('ssh-') ? fromBase64(blob) : undefined;
  return bytes === undefined || bytes.length === 0 ? undefined : fingerprintOfBlob(bytes);
}

/**
 * A private key without a passphrase, as sshd reads it (OpenSSH's PROTOCOL.key). The number that says whether a passphrase was
 * right is a part of the public key, so that the same key gives the same file.
 */
export function writePrivateKey(key: SshKey, comment: string): string {
  const check = key.publicKey.subarray(0, 4);
  const inner = new ByteWriter(256).put(check).put(check);
  putString(putString(inner, SSH_KEY_TYPE), key.publicKey);
  putString(putString(inner, Uint8Array.from([...key.seed, ...key.publicKey])), comment);
  for (let pad = 1; inner.length % BLOCK !== 0; pad += 1) inner.u8(pad);
  const outer = new ByteWriter(512).put(utf8(MAGIC));
  putString(putString(putString(outer, 'none'), 'none'), '').u32(1);
  const bytes = putString(putString(outer, blobOf(key.publicKey)), inner.bytes()).bytes();
  return `${BEGIN}\n${base64(bytes).replaceAll(new RegExp(`.{1,${LINE}}`, 'g'), '$&\n')}${END}\n`;
}

/** Throws DecodeError for what is no Ed25519 key without a passphrase. */
export function readPrivateKey(text: string): SshKey & { readonly comment: string } {
  const lines = text.trim().split(/\r?\n/);
  if (lines[0] !== BEGIN || lines.at(-1) !== END) throw new DecodeError('it is no private key of OpenSSH');
  const bytes = fromBase64(lines.slice(1, -1).join(''));
  if (bytes === undefined) throw new DecodeError('its text is no base64');
  const reader = new ByteReader(bytes);
  if (reader.take(MAGIC.length).some((byte, at) => byte !== MAGIC.charCodeAt(at)))
    throw new DecodeError('it begins with no key of OpenSSH');
  expectString(reader, 'none', 'its cipher');
  expectString(reader, 'none', 'what its passphrase goes through');
  expectString(reader, '', 'what that is told');
  const count = reader.u32();
  if (count !== 1) throw new DecodeError(`it holds ${count} keys`);
  const outside = takeString(reader);
  const inner = takeString(reader);
  reader.end();
  return privatePart(new ByteReader(inner), outside);
}

function privatePart(reader: ByteReader, outside: Uint8Array): SshKey & { readonly comment: string } {
  if (reader.u32() !== reader.u32()) throw new DecodeError('its two check numbers differ');
  expectString(reader, SSH_KEY_TYPE, 'its kind');
  const publicKey = takeString(reader);
  const both = takeString(reader);
  const comment = fromUtf8(takeString(reader));
  if (comment === undefined) throw new DecodeError('its comment is no text');
  if (publicKey.length !== 32 || both.length !== 64) throw new DecodeError('its parts have other lengths');
  const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
    one.length === other.length && one.every((byte, at) => byte === other[at]);
  if (!isSame(both.subarray(32), publicKey) || !isSame(outside, blobOf(publicKey)))
    throw new DecodeError('its public parts differ');
  const padding = reader.rest();
  if (padding.length >= BLOCK || padding.some((byte, at) => byte !== at + 1))
    throw new DecodeError('its padding is not 1, 2, 3');
  return { seed: both.subarray(0, 32), publicKey, comment };
}
