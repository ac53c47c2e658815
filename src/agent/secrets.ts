import type { HostSecrets } from '../core/api/hostSecrets.ts';
import { jsonOrNone } from '../core/net/json.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import type { ReportClient } from '../shell/report-client.ts';
import type { Accounts } from './accounts.ts';
import { PATHS, type Machine } from './machine.ts';

/** Reports that host0 acknowledges between two looks at what this host is given: some minutes. */
const EVERY = 60;

/** Fetches what this host is given over TLS, and applies it; again when it may have changed. Never fails. */
export class SecretsWatch {
  readonly #machine: Machine;
  readonly #client: Pick<ReportClient, 'secrets'>;
  readonly #accounts: Pick<Accounts, 'give'>;
  /** Reports until the next look. */
  #wait = 0;
  /** What was applied last, and what was said last. */
  #applied = '';
  #said = '';

  constructor(machine: Machine, client: Pick<ReportClient, 'secrets'>, accounts: Pick<Accounts, 'give'>) {
    this.#machine = machine;
    this.#client = client;
    this.#accounts = accounts;
  }

  /** To be called after every report that was acknowledged. */
  async look(): Promise<void> {
    if (this.#wait > 0) {
      this.#wait -= 1;
      return;
    }
    try {
      const given = await this.#client.secrets();
      // The authority may still come: host0 makes its keys while it boots.
      if (given === undefined) return;
      this.#wait = EVERY;
      if ('refused' in given) this.#sayNone(given.refused);
      else await this.#apply(given.json);
    } catch (error) {
      this.#sayNone(sentenceOf(error));
    }
  }

  #sayNone(why: string): void {
    if (why !== this.#said) this.#machine.log.say('AGENT_NO_SECRETS', { why });
    this.#said = why;
  }

  async #apply(json: string): Promise<void> {
    if (json === this.#applied) return;
    const secrets = secretsIn(json);
    const done = [...(await putSshKeys(secrets, this.#machine)), ...(await this.#accounts.give(secrets))];
    this.#applied = json;
    this.#said = '';
    this.#machine.log.say('AGENT_SECRETS', { what: done.join(', ') || 'nothing' });
  }
}

/**
 * Checked by hand and only as far as the agent relies on it: it comes from our own host0, and the schema's library is not loaded
 * on hosts. What is wrong is said without a word of the answer.
 */
function secretsIn(json: string): HostSecrets {
  // Of whatever form it is: each part is looked at.
  const parsed = jsonOrNone(json) as Partial<HostSecrets> | null | undefined;
  const keys = parsed?.sshHostKeys ?? [];
  const isKey = ({ type, privateKey, publicKey }: SshHostKey): boolean =>
    [type, privateKey, publicKey].every((part) => typeof part === 'string');
  if (
    parsed?.schema === 'pxen.host-secrets/1' &&
    Array.isArray(parsed.accounts) &&
    Array.isArray(keys) &&
    keys.every(isKey)
  )
    return { ...parsed, schema: parsed.schema, accounts: parsed.accounts };
  throw new Failure('what host0 gave is not of the form pxen.host-secrets/1', 'Boot this host again.');
}

type SshHostKey = NonNullable<HostSecrets['sshHostKeys']>[number];

/** The keys of this host's ssh server; one that runs with others begins anew, and its connections stay. */
async function putSshKeys({ sshHostKeys = [] }: HostSecrets, { files, run }: Machine): Promise<string[]> {
  const key = sshHostKeys.find(({ type }) => type === 'ed25519');
  if (key === undefined) return [];
  if ((await files.read(PATHS.sshKey)) === key.privateKey) return ['the SSH host key, as before'];
  await files.write(PATHS.sshKey, key.privateKey, 0o600);
  await files.write(`${PATHS.sshKey}.pub`, `${key.publicKey}\n`);
  await run(['systemctl', 'try-restart', '--no-block', 'ssh.service']);
  return ['the SSH host key'];
}
