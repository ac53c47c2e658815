import type { Account, HostSecrets } from '../core/api/hostSecrets.ts';
import { accountsText, ACCOUNTS_FILE, areAccounts, parseAccounts } from '../core/secrets/accounts.ts';
import {
  NO_PASSWORD,
  withAccounts,
  type UserChange,
  type UserFiles,
  type UserWishes,
} from '../core/secrets/userFiles.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import type { Machine } from './machine.ts';

/** In the order in which they are written: an account is there when all about it is. */
const FILES = [
  ['group', '/etc/group', 0o644],
  ['gshadow', '/etc/gshadow', 0o600],
  ['shadow', '/etc/shadow', 0o600],
  ['passwd', '/etc/passwd', 0o644],
] as const;
/** Keys stand in a folder of root: what lies in an account's own home may be a link to anywhere (sshd_config.d/pxen.conf). */
const KEYS = '/etc/ssh/authorized_keys.d';
const ROOT_KEYS = '/root/.ssh/authorized_keys';

/** The accounts of this host. They come with the boot without passwords, and with them over TLS where the host may have those. */
export class Accounts {
  readonly #machine: Machine;
  /** The file as it was applied last. */
  #text = '';
  /** Root's password as it was set last. */
  #root: string | undefined;
  #said = '';

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Applies the accounts that came with the boot, or that the boot server on this host wrote since. Never fails. */
  async look(): Promise<void> {
    const { files, log } = this.#machine;
    try {
      const text = (await files.read(ACCOUNTS_FILE)) ?? '';
      if (text === this.#text) return;
      const accounts = text === '' ? [] : parseAccounts(text);
      if (accounts === undefined) throw new Failure(`${ACCOUNTS_FILE} cannot be read`, 'Boot this host again.');
      await this.#put({ accounts, hasPasswords: false, root: undefined });
      this.#text = text;
    } catch (error) {
      const why = sentenceOf(error);
      if (why !== this.#said) log.say('ACCOUNTS_FAILED', { why });
      this.#said = why;
    }
  }

  /** Applies what host0 gave over TLS, passwords and all; gives what was done in words. */
  async give({ accounts, rootPasswordHash, rootSshKeys }: HostSecrets): Promise<string[]> {
    const { files } = this.#machine;
    if (!areAccounts(accounts)) throw new Failure('what host0 gave as accounts is none', 'Boot this host again.');
    await this.#put({ accounts, hasPasswords: true, root: await this.#rootWish(rootPasswordHash) });
    this.#root = rootPasswordHash;
    // An agent that begins anew finds this list, not the one of the boot.
    const text = accountsText(accounts.map((account) => openPart(account)));
    await files.write(ACCOUNTS_FILE, text);
    this.#text = text;
    if (rootSshKeys !== undefined) await this.#putRootKeys(rootSshKeys);
    const count = `${accounts.length} ${accounts.length === 1 ? 'account' : 'accounts'}`;
    return rootPasswordHash === undefined ? [count] : [count, "root's password"];
  }

  /** A password that was given before and is not any more is taken away, unless somebody set another meanwhile. */
  async #rootWish(hash: string | undefined): Promise<string | undefined> {
    if (hash !== undefined || this.#root === undefined) return hash;
    const shadow = (await this.#machine.files.read('/etc/shadow')) ?? '';
    return shadow.includes(`root:${this.#root}:`) ? NO_PASSWORD : undefined;
  }

  async #put(wishes: UserWishes): Promise<void> {
    const { files, log } = this.#machine;
    const before = await userFiles(this.#machine);
    const change = withAccounts(before, wishes);
    for (const account of wishes.accounts) if (change.names.includes(account.name)) await this.#prepare(account);
    for (const [key, path, mode] of FILES) {
      if (change.files[key] !== before[key]) await files.write(path, change.files[key], mode);
    }
    await this.#end(change);
    this.#said = '';
    for (const why of change.lacks) log.say('ACCOUNTS_LACK', { why });
    log.say('ACCOUNTS_APPLIED', { names: change.names.join(', ') || 'none' });
  }

  async #prepare({ name, uid, sshKeys }: Account): Promise<void> {
    const { files, run } = this.#machine;
    const [home, keys] = [`/home/${name}`, sshKeys.map((key) => `${key}\n`).join('')];
    if (!(await files.exists(home))) {
      await run(['install', '-d', '-m', '700', '-o', String(uid), '-g', String(uid), home]);
    }
    if ((await files.read(`${KEYS}/${name}`)) !== keys) await files.write(`${KEYS}/${name}`, keys);
  }

  /** Who is no longer named cannot come back, and what runs as them ends. */
  async #end({ names, gone }: UserChange): Promise<void> {
    const { files, run } = this.#machine;
    const stale = (await files.list(KEYS)).filter((name) => !names.includes(name));
    if (stale.length > 0) await run(['rm', '-f', ...stale.map((name) => `${KEYS}/${name}`)]);
    const running = gone.length === 0 ? [] : await this.#processesOf(gone);
    // Those that have ended by then are no failure.
    if (running.length > 0) await run(['sh', '-c', 'kill -KILL "$@"', 'sh', ...running], { accept: [0, 1] });
  }

  /** By their real user ids (proc_pid_status(5)). */
  async #processesOf(uids: readonly number[]): Promise<string[]> {
    const { files } = this.#machine;
    const ids = (await files.list('/proc')).filter((name) => /^\d+$/.test(name));
    const owners = await Promise.all(
      ids.map(async (id) => /^Uid:\t(\d+)/m.exec((await files.read(`/proc/${id}/status`)) ?? '')?.[1]),
    );
    return ids.filter((_, at) => uids.includes(Number(owners[at] ?? -1)));
  }

  async #putRootKeys(keys: readonly string[]): Promise<void> {
    const { files } = this.#machine;
    const text = keys.map((key) => `${key}\n`).join('');
    if (((await files.read(ROOT_KEYS)) ?? '') !== text) await files.write(ROOT_KEYS, text, 0o600);
  }
}

/** What of an account everybody on the host may read. */
const openPart = ({ name, uid, sshKeys, groups, shell }: Account): Account => ({ name, uid, sshKeys, groups, shell });

async function userFiles({ files }: Machine): Promise<UserFiles> {
  const texts = await Promise.all(
    FILES.map(async ([key, path]) => {
      const text = await files.read(path);
      if (text === undefined) throw new Failure(`${path} cannot be read`, 'Boot this host again.');
      return [key, text] as const;
    }),
  );
  const { passwd = '', shadow = '', group = '', gshadow = '' } = Object.fromEntries(texts) as Partial<UserFiles>;
  return { passwd, shadow, group, gshadow };
}
