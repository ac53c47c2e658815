import { sha256 } from '@noble/hashes/sha2.js';
import { base64, fromBase64 } from '../net/base64.ts';
import { DecodeError } from '../net/bytes.ts';
import { fromUtf8, hex, utf8 } from '../net/text.ts';
import { Secret } from './secret.ts';

/**
 * A value wrapped by a passphrase, as one text: parameters of scrypt (RFC 7914), salt, check of the passphrase, nonce, what
 * AES-256-GCM made of the value with its tag behind it, and the head of a SHA-256 over all before it:
 * `scrypt$ln=16,r=8,p=2$SALT$CHECK$NONCE$BOX$SUM`, bytes in base64 (RFC 4648 4). The sum tells damage from a wrong
 * passphrase, the check a wrong passphrase from a value that was moved.
 */
export interface Wrapped {
  readonly lock: Lock;
  readonly nonce: Uint8Array;
  readonly box: Uint8Array;
}

/** What a passphrase is tried on. Values that were wrapped together have the same one. */
export interface Lock {
  /** scrypt's N is two to the power of this. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
  /** 16 bytes. */
  readonly salt: Uint8Array;
  /** 8 bytes that follow from the passphrase beside its key. */
  readonly check: Uint8Array;
}

/** What the machine does for wrapping; `src/shell/wrapping.ts`. */
export interface Cipher {
  /** scrypt: `length` bytes of a passphrase. */
  derive(passphrase: string, cost: Omit<Lock, 'check'>, length: number): Uint8Array;
  /** AES-256-GCM, with the tag of 16 bytes at the end. */
  seal(key: Uint8Array, nonce: Uint8Array, bound: Uint8Array, plain: Uint8Array): Uint8Array;
  /** Undefined where key, nonce, what it is bound to or the box are not those it was made with. */
  open(key: Uint8Array, nonce: Uint8Array, bound: Uint8Array, box: Uint8Array): Uint8Array | undefined;
  random(count: number): Uint8Array;
}

/** 64 MiB and about a quarter of a second; the least that OWASP's password storage sheet names for scrypt. */
const COST = { ln: 16, r: 8, p: 2 } as const;
/** Memory that a file may ask for: 128 N r bytes (RFC 7914 section 2). */
const MOST_MEMORY = 2 ** 28;
const KEY = 32;
const CHECK = 8;
const SUM = 8;

const FORM =
  /^scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{22}==)\$([\w+/]{11}=)\$([\w+/]{16})\$([\w+/]{22,400000}={0,2})\$([0-9a-f]{8})$/;

const body = ({ lock: { ln, r, p, salt, check }, nonce, box }: Wrapped): string =>
  [`scrypt$ln=${ln},r=${r},p=${p}`, ...[salt, check, nonce, box].map((bytes) => base64(bytes))].join('$');

const sumOf = (text: string): string => hex(sha256(utf8(text))).slice(0, SUM);

export const writeWrapped = (wrapped: Wrapped): string => `${body(wrapped)}$${sumOf(body(wrapped))}`;

/** Throws DecodeError for what is damaged, cut short, or wants more memory than a host has to spare. */
export function readWrapped(text: string): Wrapped {
  const [, ln, r, p, salt, check, nonce, box, sum] = FORM.exec(text) ?? [];
  if (sum === undefined) throw new DecodeError('it is not of the form that pxen secrets wrap writes');
  if (sum !== sumOf(text.slice(0, -SUM - 1))) throw new DecodeError('it is damaged: its sum is another');
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const isSane = cost.ln >= 10 && cost.r >= 1 && cost.p >= 1 && cost.p <= 16;
  if (!isSane || 128 * 2 ** cost.ln * cost.r > MOST_MEMORY)
    throw new DecodeError('it wants too much or too little work');
  const [saltBytes, checkBytes, nonceBytes, boxBytes] = [salt, check, nonce, box].map((part = '') => fromBase64(part));
  if (!saltBytes || !checkBytes || !nonceBytes || !boxBytes) throw new DecodeError('it is damaged: it is no base64');
  return { lock: { ...cost, salt: saltBytes, check: checkBytes }, nonce: nonceBytes, box: boxBytes };
}

/** A lock with its key, for values that are wrapped together. */
export interface OpenLock {
  readonly lock: Lock;
  readonly key: Uint8Array;
}

/** A new lock for a passphrase. */
export function makeLock(passphrase: string, cipher: Cipher): OpenLock {
  const cost = { ...COST, salt: cipher.random(16) };
  const bytes = cipher.derive(normal(passphrase), cost, KEY + CHECK);
  return { lock: { ...cost, check: bytes.slice(KEY) }, key: bytes.slice(0, KEY) };
}

/** The key that a passphrase gives; undefined for a wrong one. */
export function openLock(lock: Lock, passphrase: string, cipher: Cipher): OpenLock | undefined {
  const bytes = cipher.derive(normal(passphrase), lock, KEY + CHECK);
  const isRight = bytes.slice(KEY).every((byte, at) => byte === lock.check[at]);
  return isRight ? { lock, key: bytes.slice(0, KEY) } : undefined;
}

/** Keyboards differ in how they write an accented letter. */
const normal = (passphrase: string): string => passphrase.normalize('NFC');

/** What tells locks apart. */
export const lockId = ({ ln, r, p, salt }: Lock): string => `${ln},${r},${p},${hex(salt)}`;

/** A value is of use only under its own name in its own cluster. */
export interface Bound {
  readonly cluster: string;
  readonly name: string;
}

const boundTo = ({ cluster, name }: Bound): Uint8Array => utf8(['pxen.secret/1', cluster, name].join('\0'));

export function wrap(value: Secret, bound: Bound, { lock, key }: OpenLock, cipher: Cipher): Wrapped {
  const nonce = cipher.random(12);
  return { lock, nonce, box: cipher.seal(key, nonce, boundTo(bound), utf8(value.reveal())) };
}

/** Undefined for a value that was wrapped under another name or for another cluster. */
export function unwrap({ nonce, box }: Wrapped, bound: Bound, key: Uint8Array, cipher: Cipher): Secret | undefined {
  const plain = cipher.open(key, nonce, boundTo(bound), box);
  const text = plain && fromUtf8(plain);
  return text === undefined ? undefined : new Secret(text);
}
