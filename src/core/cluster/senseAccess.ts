import { uidOf } from '../secrets/accounts.ts';
import type { Finding } from './finding.ts';
import type { AccountEntry } from './schemaAccess.ts';
import { at, clash, repeated, type Placed, type Readable } from './sense.ts';

type Account = Placed<AccountEntry>;

/** Users and groups that Debian and the packages of a host have (base-passwd, /usr/lib/sysusers.d), and root's own names. */
const TAKEN = new Set(
  (
    'root toor admin daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody nogroup ' +
    'adm tty disk dialout fax voice cdrom floppy tape sudo wheel audio dip operator src shadow utmp video sasl plugdev ' +
    'staff users input kvm render sgx crontab netdev messagebus sshd ssh polkitd tss uuidd ntp chrony nut libvirt-qemu ' +
    'xen pxen'
  ).split(' '),
);

/** What is wrong with accounts: each by itself, and among each other. */
export function accessFindings({ accounts }: Pick<Readable, 'accounts'>): Finding[] {
  return [
    ...accounts.flatMap((account) => [...nameFindings(account), ...entryFindings(account)]),
    ...repeated(
      accounts,
      ({ name }) => name,
      (account, name, other) => clash(account, other, 'name', `two accounts are called ${name}`, 'Rename one of them.'),
    ),
    ...repeated(distinctNames(accounts), (account) => String(uidOf(account)), twiceUid),
  ];
}

/** Of one name only the first: it has one mistake already. */
const distinctNames = (accounts: readonly Account[]): Account[] =>
  accounts.filter(({ value }, index) => accounts.findIndex((other) => other.value.name === value.name) === index);

function twiceUid(account: Account, uid: string, other: Account): Finding {
  const what = `${account.value.name} and ${other.value.name} would both have the user id ${uid}`;
  const key = account.value.uid === undefined ? 'name' : 'uid';
  return clash(account, other, key, what, 'Give one of them another as `uid:`.');
}

function nameFindings(account: Account): Finding[] {
  const { name } = account.value;
  if (!TAKEN.has(name) && !name.startsWith('systemd-')) return [];
  const remedy =
    name === 'root' ? 'Write `access.sshKeys` and `access.password`, which are for root.' : 'Choose another name.';
  return [at(account, 'name', `${name} is an account or a group of the system`, remedy)];
}

function entryFindings(account: Account): Finding[] {
  const { name, sshKeys, password, root } = account.value;
  if (sshKeys.length === 0 && password === undefined) {
    return [at(account, 'name', `nothing lets ${name} in`, 'Add `sshKeys:` or `password:`.')];
  }
  if (!root || sshKeys.length > 0) return [];
  return [at(account, 'root', `${name} has no key to enter as root with`, 'Add `sshKeys:`, or remove `root:`.')];
}
