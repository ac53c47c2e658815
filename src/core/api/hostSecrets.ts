import { z } from 'zod';

/**
 * What one host is given over TLS, and nobody else: `GET /api/v1/hosts/self/secrets`. Who gets it is decided by
 * `core/secrets/hostSecrets.ts`. It is the one form in which secrets leave the boot server, so it is never logged.
 */

/** A person who may log in on a host. The parts without secrets travel in the host's files as well. */
const account = z.strictObject({
  name: z.string(),
  /** Its user id, and that of its own group. */
  uid: z.int(),
  /** As crypt(5) has it; absent, the account has no password and is entered by key alone. */
  passwordHash: z.string().optional(),
  /** Lines of `authorized_keys`. */
  sshKeys: z.array(z.string()),
  /** Further groups; those that a host does not have are left out there, and said. */
  groups: z.array(z.string()),
  shell: z.string(),
});

const sshHostKey = z.strictObject({
  /** Such as `ed25519`, the middle of `ssh_host_ed25519_key`. */
  type: z.string(),
  /** Text of the private key in OpenSSH's own form. */
  privateKey: z.string(),
  /** The line of the `.pub` file. */
  publicKey: z.string(),
});

export const hostSecrets = z.strictObject({
  schema: z.literal('pxen.host-secrets/1'),
  /** All accounts of the host: one that is not here any more is taken away. */
  accounts: z.array(account),
  /** Lines of root's `authorized_keys`; absent, those that came with the boot stay. */
  rootSshKeys: z.array(z.string()).optional(),
  /** As crypt(5) has it; absent, root has no password. */
  rootPasswordHash: z.string().optional(),
  sshHostKeys: z.array(sshHostKey).optional(),
});

export type HostSecrets = z.infer<typeof hostSecrets>;
export type Account = z.infer<typeof account>;
