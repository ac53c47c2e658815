import type { Account } from '../api/hostSecrets.ts';
import { UIDS } from '../cluster/accessValues.ts';
import { DecodeError } from '../net/bytes.ts';

/** The files of a host in which its users stand: passwd(5), shadow(5), group(5), gshadow(5). */
export interface UserFiles {
  readonly passwd: string;
  readonly shadow: string;
  readonly group: string;
  readonly gshadow: string;
}

/** What shall be true of them. */
export interface UserWishes {
  readonly accounts: readonly Account[];
  /** False while passwords have not come yet: then those that are there stay. */
  readonly hasPasswords: boolean;
  /** Root's password: a hash, `*` for none; undefined where it is not to be touched. */
  readonly root: string | undefined;
}

export interface UserChange {
  readonly files: UserFiles;
  /** Accounts that may log in now. */
  readonly names: readonly string[];
  /** User ids that were taken away. */
  readonly gone: readonly number[];
  /** What could not be as it is wished, in sentences. */
  readonly lacks: readonly string[];
}

/** In the field for a comment, by which the next change knows whose account it is. */
const MARK = 'of cluster.yaml';
/** Matches no password, and unlike `!` does not lock out who comes by a key (shadow(5), sshd(8)). */
export const NO_PASSWORD = '*';

type Line = readonly string[];

/**
 * The files with exactly these accounts of cluster.yaml behind all others. Lines of the system and of whoever made an account by
 * hand stay as they are. Doing it again changes nothing.
 */
export function withAccounts(before: UserFiles, wishes: UserWishes): UserChange {
  const old = linesOf(before.passwd).filter((line) => isOurs(line));
  const oldNames = new Set(old.map(([name = '']) => name));
  const hashes = new Map(linesOf(before.shadow).map(([name = '', hash = '']) => [name, hash]));
  const passwd = linesOf(before.passwd).filter((line) => !isOurs(line));
  const group = withoutGroups(linesOf(before.group), oldNames);
  const { fit, lacks } = chosen(wishes.accounts, passwd, group);
  const hashFor = ({ name, passwordHash }: Account): string =>
    passwordHash ?? (wishes.hasPasswords || !oldNames.has(name) ? NO_PASSWORD : (hashes.get(name) ?? NO_PASSWORD));
  const shadow = linesOf(before.shadow).filter(([name = '']) => !oldNames.has(name));
  const gshadow = withoutGroups(linesOf(before.gshadow), oldNames);
  return {
    files: {
      passwd: textOf([...passwd, ...fit.map((account) => passwdLine(account))]),
      shadow: textOf([...withRoot(shadow, wishes.root), ...fit.map((one) => [one.name, hashFor(one), ...EMPTY])]),
      group: textOf([...withMembers(group, fit), ...fit.map(({ name, uid }) => [name, 'x', String(uid), ''])]),
      gshadow: textOf([...withMembers(gshadow, fit), ...fit.map(({ name }) => [name, '!', '', ''])]),
    },
    names: fit.map(({ name }) => name),
    gone: old.map(([, , uid]) => Number(uid)).filter((uid) => !fit.some((account) => account.uid === uid)),
    lacks: [...lacks, ...groupLacks(fit, group)],
  };
}

/** The password never grows old: nobody is there to change it. */
const EMPTY = ['', '', '', '', '', '', ''];

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(':'));

/** Throws DecodeError for a field that would break out of its line. */
function textOf(lines: readonly Line[]): string {
  const broken = lines.flat().find((field) => /[:\n]/.test(field));
  if (broken !== undefined) throw new DecodeError('a field of an account holds a colon or a line end');
  return lines.map((line) => `${line.join(':')}\n`).join('');
}

function isOurs([, , uid, , comment]: Line): boolean {
  return comment === MARK && Number(uid) >= UIDS.first && Number(uid) <= UIDS.last;
}

const passwdLine = ({ name, uid, shell }: Account): Line => [
  name,
  'x',
  String(uid),
  String(uid),
  MARK,
  `/home/${name}`,
  shell,
];

/** Without the own groups of accounts, and without them as members of others. The last field of both files lists members. */
function withoutGroups(lines: readonly Line[], names: ReadonlySet<string>): Line[] {
  return lines
    .filter(([name = '']) => !names.has(name))
    .map((line) => {
      const others = members(line).filter((name) => !names.has(name));
      return withLast(line, others.join(','));
    });
}

const withLast = (line: Line, field: string): Line => [...line.slice(0, -1), field];

const members = (line: Line): string[] => (line.at(-1) ?? '').split(',').filter(Boolean);

function withMembers(lines: readonly Line[], accounts: readonly Account[]): Line[] {
  return lines.map((line) => {
    const more = accounts.filter(({ groups }) => groups.includes(line[0] ?? '')).map(({ name }) => name);
    return withLast(line, [...new Set([...members(line), ...more])].join(','));
  });
}

const withRoot = (lines: readonly Line[], hash: string | undefined): Line[] =>
  lines.map((line) => (line[0] === 'root' && hash !== undefined ? line.with(1, hash) : line));

/** The accounts whose name and id nobody else on the host has. */
function chosen(accounts: readonly Account[], passwd: readonly Line[], group: readonly Line[]) {
  const taken = new Set([...passwd, ...group].map(([name]) => name));
  const ids = new Set([...passwd, ...group].map(([, , id]) => id));
  const lacks: string[] = [];
  const fit = accounts.filter(({ name, uid }) => {
    if (taken.has(name)) lacks.push(`${name}: the host has an account or a group of that name`);
    else if (ids.has(String(uid))) lacks.push(`${name}: the host has an account or a group with the id ${uid}`);
    return !taken.has(name) && !ids.has(String(uid));
  });
  return { fit, lacks };
}

function groupLacks(accounts: readonly Account[], group: readonly Line[]): string[] {
  const there = new Set(group.map(([name]) => name));
  return accounts.flatMap(({ name, groups }) =>
    groups.filter((one) => !there.has(one)).map((one) => `${name}: the host has no group ${one}`),
  );
}
