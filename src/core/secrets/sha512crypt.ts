/** A hash function: SHA-512 of the pieces one after the other. */
export type Sha512 = (...pieces: readonly Uint8Array[]) => Uint8Array;

const DIGITS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Which bytes of the digest make each group of four characters; the last one stands alone. */
const ORDER: readonly (readonly [number, number, number])[] = Array.from({ length: 21 }, (_, at) => {
  const three = [at, at + 21, at + 42] as const;
  const [a, b, c] = [three[at % 3] ?? 0, three[(at + 1) % 3] ?? 0, three[(at + 2) % 3] ?? 0];
  return [a, b, c];
});

/**
 * The hash of a password in the form `$6$rounds=N$SALT$HASH`, which every Linux reads (U. Drepper, "Unix crypt using SHA-256
 * and SHA-512", version 0.6). `salt`: up to 16 characters of `./0-9A-Za-z`; `rounds`: 1,000 to 999,999,999.
 */
export function sha512crypt(password: Uint8Array, salt: string, rounds: number, sha512: Sha512): string {
  const salted = Uint8Array.from(salt, (char) => char.charCodeAt(0));
  const first = firstDigest(password, salted, sha512);
  const p = repeated(sha512(...Array.from(password, () => password)), password.length);
  const s = repeated(sha512(...Array.from({ length: 16 + (first[0] ?? 0) }, () => salted)), salted.length);
  let digest = first;
  for (let round = 0; round < rounds; round++) {
    const pieces = [round % 2 === 1 ? p : digest];
    if (round % 3 !== 0) pieces.push(s);
    if (round % 7 !== 0) pieces.push(p);
    pieces.push(round % 2 === 1 ? digest : p);
    digest = sha512(...pieces);
  }
  return `$6$rounds=${rounds}$${salt}$${text(digest)}`;
}

function firstDigest(password: Uint8Array, salt: Uint8Array, sha512: Sha512): Uint8Array {
  const other = sha512(password, salt, password);
  const bits: Uint8Array[] = [];
  for (let count = password.length; count > 0; count >>= 1) bits.push(count % 2 === 1 ? other : password);
  return sha512(password, salt, repeated(other, password.length), ...bits);
}

/** The bytes again and again, `length` of them. */
const repeated = (bytes: Uint8Array, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => bytes[at % bytes.length] ?? 0);

function text(digest: Uint8Array): string {
  const groups = ORDER.map(([a, b, c]) =>
    digits(((digest[a] ?? 0) << 16) | ((digest[b] ?? 0) << 8) | (digest[c] ?? 0), 4),
  );
  return groups.join('') + digits(digest[63] ?? 0, 2);
}

/** The lowest six bits come first. */
const digits = (bits: number, count: number): string =>
  Array.from({ length: count }, (_, at) => DIGITS[(bits >> (6 * at)) & 63]).join('');

/** A salt of 16 characters from as many bytes of chance. */
export const saltOf = (chance: Uint8Array): string => Array.from(chance, (byte) => DIGITS[byte & 63]).join('');
