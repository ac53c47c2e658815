import type { Account } from '../api/hostSecrets.ts';
import { UIDS } from '../cluster/accessValues.ts';
import type { Access, AccountEntry } from '../cluster/schemaAccess.ts';
import { numberOf } from '../identity/uuid.ts';

/** The user id of an account: what the file says, else one that follows from its name alone, so that no other entry moves it. */
export const uidOf = ({ name, uid }: Pick<AccountEntry, 'name' | 'uid'>): number =>
  uid ?? UIDS.first + numberOf(UIDS.last - UIDS.first + 1, 'uid', name);

/** An account without its password: what every host may know. */
export const openAccount = (entry: AccountEntry): Account => ({
  name: entry.name,
  uid: uidOf(entry),
  sshKeys: entry.sshKeys,
  groups: entry.groups,
  shell: entry.shell,
});

/** The keys by which root is entered: those of the file, and of accounts that may. */
export const rootKeys = ({ sshKeys, accounts }: Access): string[] => [
  ...new Set([...sshKeys, ...accounts.flatMap((account) => (account.root ? account.sshKeys : []))]),
];

/** Where the accounts of a host stand on it, without their passwords. */
export const ACCOUNTS_FILE = '/etc/pxen/accounts';

const SCHEMA = 'pxen.accounts/1';

export const accountsText = (accounts: readonly Account[]): string =>
  `${JSON.stringify({ schema: SCHEMA, accounts })}\n`;

/** What `accountsText` wrote; undefined for anything else. Checked by hand: hosts do not load the schema's library. */
export function parseAccounts(text: string): Account[] | undefined {
  try {
    const value = JSON.parse(text) as { schema?: unknown; accounts?: unknown } | null;
    return value?.schema === SCHEMA && areAccounts(value.accounts) ? value.accounts : undefined;
  } catch {
    // Half written, or not ours.
    return undefined;
  }
}

/** Whether a value from elsewhere has the form of accounts. */
export const areAccounts = (value: unknown): value is Account[] =>
  Array.isArray(value) &&
  value.every((one: Partial<Record<keyof Account, unknown>> | null) => {
    const texts = [one?.name, one?.shell, one?.passwordHash ?? '', ...listOf(one?.sshKeys), ...listOf(one?.groups)];
    return texts.every((text) => typeof text === 'string') && Number.isInteger(one?.uid);
  });

/** What is no list holds what is no text. */
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [undefined]);
