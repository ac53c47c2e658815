import type { Catalogue } from './catalogue.ts';

/** Messages of secrets and of accounts on hosts. None has a hole for a value. */
export const SECRETS_MESSAGES = {
  SECRETS_READ: {
    level: 'info',
    text: '{count} secrets of secrets.yaml are in force',
    meaning: 'The file was read, at the start or since it changed.',
    action: 'none',
  },
  SECRETS_SHUT: {
    level: 'warning',
    text: '{count} secrets of secrets.yaml are not open: pxen secrets unlock on this machine opens what is wrapped',
    meaning: 'They are wrapped by a passphrase. Machines boot and run without them; hosts get what is open.',
    action: 'Run `pxen secrets unlock` on host0 and type the passphrase; it is kept nowhere.',
  },
  SECRETS_FILE: {
    level: 'warning',
    text: '{why}',
    meaning: 'secrets.yaml cannot be read as it is now. What was in force before stays in force.',
    action: 'Correct it; `pxen check` on its folder shows every mistake with its place.',
  },
  SECRETS_WISH: {
    level: 'info',
    text: 'secrets.yaml was changed by {who}: {what}; it is safe on the drive',
    meaning:
      'A command changed what stands there. The file and the slots of the drive have it; no history has a value.',
    action: 'none',
  },
  SECRETS_MENDED: {
    level: 'warning',
    text: 'the power failed while {name} was being written; it is whole again, as it was to become',
    meaning: 'The version that was being written stood in a slot of the drive. What was torn is kept nowhere.',
    action: 'See whether all is there: pxen secrets list.',
  },
  OPERATOR_WRONG: {
    level: 'warning',
    text: '{from} asked as an operator with a wrong token, {count} times now',
    meaning: 'Each wrong token doubles the time that this address waits for its next try, up to five minutes.',
    action: 'If nobody has mistyped it: see what stands at that address.',
  },
  OPERATOR_PLAIN: {
    level: 'warning',
    text: '{from} sent a token over plain HTTP, where everybody on the network can read it',
    meaning: 'It was not looked at. pxen itself never does that.',
    action: 'If it was the right one, change it: pxen secrets set on host0.',
  },
  ACCOUNTS_APPLIED: {
    level: 'info',
    text: 'accounts of cluster.yaml on this host: {names}',
    meaning: 'They may log in now, and those that are no longer named may not.',
    action: 'none',
  },
  ACCOUNTS_LACK: {
    level: 'warning',
    text: '{why}',
    meaning: 'An account of cluster.yaml cannot be on this host just as it is written.',
    action: 'Choose another name, user id or group in cluster.yaml.',
  },
  ACCOUNTS_FAILED: {
    level: 'warning',
    text: 'accounts of cluster.yaml could not be put onto this host: {why}',
    meaning: 'The host runs; who may log in is as it was before. It is tried again with the next report.',
    action: 'See the reason; the files are /etc/passwd, /etc/shadow, /etc/group and /etc/gshadow.',
  },
} as const satisfies Catalogue;
