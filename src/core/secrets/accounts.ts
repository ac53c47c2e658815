import type { Account } from '../api/hostSecrets.ts';
import { UIDS, type AccountEntry } from '../cluster/schemaAccess.ts';
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
