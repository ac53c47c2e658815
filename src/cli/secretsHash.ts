import { saltOf, sha512crypt, type Sha512 } from '../core/secrets/sha512crypt.ts';
import { utf8 } from '../core/net/text.ts';
import { createHash } from '../shell/builtin.ts';
import { Failure } from '../shell/fail.ts';
import { hidden } from '../shell/hidden.ts';
import { randomBytes } from '../shell/keys.ts';

/** Some tenths of a second for whoever guesses, and no more for a slow host at a login. */
const ROUNDS = 200_000;
/** glibc and PAM go further; a password of this length is a file given by mistake. */
const LONGEST = 512;

/** `pxen secrets hash`: the hash of a password that is typed, or comes by a pipe, for cluster.yaml or secrets.yaml. */
export async function run(): Promise<number> {
  const password = hidden.isTerminal ? await typedTwice() : await hidden.rest();
  if (password === '') throw new Failure('no password was given', 'Type it, or give it by a pipe.', 2);
  if (/[\0\n]/.test(password) || password.length > LONGEST) {
    throw new Failure('this can be no password: it has several lines or is very long', 'Give one line.', 2);
  }
  process.stdout.write(`${sha512crypt(utf8(password), saltOf(randomBytes(16)), ROUNDS, sha512)}\n`);
  return 0;
}

async function typedTwice(): Promise<string> {
  const first = await hidden.ask('Password: ');
  if ((await hidden.ask('Once more: ')) === first) return first;
  throw new Failure('the two passwords differ', 'Try again.', 2);
}

const sha512: Sha512 = (...pieces) => {
  const hash = createHash('sha512');
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
};
