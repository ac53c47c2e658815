import { z } from 'zod';
import { CRYPT, UIDS } from './accessValues.ts';
import { label, matching } from './scalars.ts';

/** Who may enter the hosts, and by what. Secrets themselves stand in `secrets.yaml` and are only named here. */

/** One line of `authorized_keys` (sshd(8)), options allowed. */
const sshKey = matching(
  /^([^\n]+ )?(ssh-(rsa|ed25519)|ecdsa-sha2-nistp\d+|sk-(ssh|ecdsa)-[\w-]+@openssh\.com) AAAA\S*( [^\n]*)?$/,
  'a public SSH key such as ssh-ed25519 AAAAC3Nza... ada@desk',
);

const secretName = z
  .strictObject({ secret: label.describe('the name of an entry of secrets.yaml') })
  .describe('an entry of secrets.yaml, such as { secret: operator }');

/** What `password` must be, in the words of its mistakes. */
export const PASSWORD_HASH = 'the hash of a password';

const password = z
  .union([matching(CRYPT, PASSWORD_HASH), secretName])
  .describe(
    'the hash of a password, as pxen secrets hash makes it, or { secret: NAME } where that stands in secrets.yaml',
  );

/** What useradd(8) takes, without upper case and the trailing `$` of Samba's machines. */
const accountName = matching(
  /^[a-z][a-z0-9_-]{0,30}[a-z0-9]$/,
  'an account such as ada: 2 to 32 lower-case letters, digits, _ and -, beginning with a letter',
);

export const accountSchema = z.strictObject({
  name: accountName,
  uid: z
    .int()
    .min(UIDS.first)
    .max(UIDS.last)
    .describe('its user and group id on every host; absent, one that follows from the name')
    .optional(),
  sshKeys: z.array(sshKey).default([]).describe('keys by which it enters'),
  password: password.optional(),
  root: z.boolean().default(false).describe('its keys let it in as root as well'),
  groups: z
    .array(matching(/^[a-z_][a-z0-9_-]{0,31}$/, 'a group such as adm'))
    .default([])
    .describe('further groups that the hosts have'),
  shell: matching(/^(?:\/[\w.+-]+)+$/, 'the path of a shell such as /bin/bash').default('/bin/bash'),
});

export const accessSchema = z.strictObject({
  sshKeys: z.array(sshKey).default([]).describe('keys by which root is entered'),
  password: password
    .describe(
      "root's password at the console, never by SSH: its hash, as pxen secrets hash makes it, or { secret: NAME } where that stands in secrets.yaml",
    )
    .optional(),
  accounts: z.array(accountSchema).default([]).describe('people who may log in, the same on every host'),
  operatorToken: secretName
    .describe(
      'what lets an operator give commands from other machines (pxen config edit --server HOST0): an entry of secrets.yaml of at least 20 characters; absent, nobody can',
    )
    .optional(),
});

export type Access = z.infer<typeof accessSchema>;
export type AccountEntry = Access['accounts'][number];
export type PasswordEntry = NonNullable<AccountEntry['password']>;
