import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { isPasswordHash } from '../cluster/accessValues.ts';
import { saltOf, sha512crypt, type Sha512 } from './sha512crypt.ts';

const sha512: Sha512 = (...pieces) => {
  const hash = createHash('sha512');
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
};

/** From the specification, "Unix crypt using SHA-256 and SHA-512" 0.6, with the salt cut to 16 and the rounds to 1,000. */
const vectors: readonly (readonly [rounds: number, salt: string, password: string, hash: string])[] = [
  [
    10_000,
    'saltstringsaltst',
    'Hello world!',
    'OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
  ],
  [
    1000,
    'roundstoolow',
    'the minimum number is still observed',
    'kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX.',
  ],
  [
    1400,
    'anotherlongsalts',
    'a very much longer text to encrypt.  This one even stretches over morethan one line.',
    'POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1',
  ],
  [
    77_777,
    'short',
    'we have a short salt string but not a short password',
    'WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0',
  ],
];

for (const [rounds, salt, password, hash] of vectors) {
  test(`SHA-512 crypt of ${JSON.stringify(password)} is as its specification has it`, () => {
    const made = sha512crypt(Buffer.from(password), salt, rounds, sha512);
    assert.equal(made, `$6$rounds=${rounds}$${salt}$${hash}`);
    assert.ok(isPasswordHash(made));
  });
}

test('a salt holds only what crypt(5) takes', () => {
  assert.match(saltOf(Uint8Array.from({ length: 256 }, (_, at) => at)), /^[./0-9A-Za-z]{256}$/);
});
