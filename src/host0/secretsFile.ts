import { secretsFileAmong } from '../core/cluster/candidates.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { fromUtf8 } from '../core/net/text.ts';
import { referencesIn } from '../core/secrets/references.ts';
import type { SecretsFile } from '../core/secrets/read.ts';
import type { Secrets } from '../core/secrets/secrets.ts';
import type { Clock } from '../shell/clock.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Files } from '../shell/files.ts';
import type { Log } from '../shell/log.ts';

export interface SecretsDeps {
  /** The drive's root. */
  readonly files: Pick<Files, 'list' | 'bytes'>;
  readonly cluster: () => Cluster;
  /** What `pxen secrets unlock` left in RAM; undefined where it was not called. */
  readonly unlocked: () => Promise<string | undefined>;
  readonly log: Log;
}

/** Milliseconds between two looks. */
const LOOK = 5000;

type Reading = { readonly file: SecretsFile } | { readonly mistake: string };

/**
 * `secrets.yaml` as it is in force: while it has a mistake, the version before. Nothing of a boot waits for it, and no sentence
 * of it holds a value.
 */
export class SecretsInForce {
  readonly #deps: SecretsDeps;
  #file: SecretsFile = new Map();
  #secrets: Secrets = new Map();
  #problems: readonly string[] = [];
  #wasAbsent = false;
  /** What the last look saw. */
  #seen: string | undefined;

  constructor(deps: SecretsDeps) {
    this.#deps = deps;
  }

  readonly current = (): Secrets => this.#secrets;

  /** What stands against it, and what is named and not to be had. */
  readonly warnings = (): readonly string[] => [...this.#problems, ...missing(this.#deps.cluster(), this.#secrets)];

  /** Looks until `signal` aborts; the first time at once. */
  async watch(clock: Clock, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.check().catch((error: unknown) => this.#tell([`secrets.yaml cannot be read: ${sentenceOf(error)}`]));
      await clock.sleep(LOOK, signal).catch(() => undefined);
    }
  }

  /** Reads again what has changed: the file, or the keys to what is wrapped in it. */
  async check(): Promise<void> {
    const { files, unlocked, cluster } = this.#deps;
    const { name } = cluster().cluster;
    const [text, keys] = await Promise.all([textIn(files), unlocked()]);
    // Between an editor's two steps there is none; one that is really gone is so at the next look too.
    const isFirstAbsence = text === undefined && this.#file.size > 0 && !this.#wasAbsent;
    this.#wasAbsent = text === undefined;
    if (isFirstAbsence) return;
    const seen = JSON.stringify([text ?? null, keys ?? null, name]);
    if (seen === this.#seen) return;
    const reading = await readingOf(text);
    if ('file' in reading) this.#file = reading.file;
    this.#secrets = await opened(this.#file, name, keys);
    this.#seen = seen;
    this.#tell('mistake' in reading ? [reading.mistake] : []);
  }

  #tell(problems: readonly string[]): void {
    const before = this.#problems;
    this.#problems = problems;
    for (const why of problems) if (!before.includes(why)) this.#deps.log.say('SECRETS_FILE', { why });
    if (problems.length > 0) return;
    const names = [...this.#secrets.keys()];
    const shut = [...this.#secrets.values()].filter((entry) => 'missing' in entry).length;
    if (shut > 0) this.#deps.log.say('SECRETS_SHUT', { count: shut });
    if (names.length > 0) this.#deps.log.say('SECRETS_READ', { count: names.length - shut });
  }
}

/** What cluster.yaml names and is not to be had, each once. */
function missing(cluster: Cluster, secrets: Secrets): string[] {
  const why = referencesIn(cluster).map(({ name }) => {
    const entry = secrets.get(name) ?? { missing: `secrets.yaml has no entry ${name}` };
    return 'missing' in entry ? entry.missing : '';
  });
  return [...new Set(why)].filter(Boolean);
}

/** Undefined where there is none; `false` for what is no text. */
async function textIn(files: SecretsDeps['files']): Promise<string | false | undefined> {
  const name = secretsFileAmong((await files.list('.')) ?? []);
  return name === undefined ? undefined : (fromUtf8(await files.bytes(name)) ?? false);
}

/** Without a file there are no secrets, which is no mistake. */
async function readingOf(text: string | false | undefined): Promise<Reading> {
  if (text === undefined) return { file: new Map() };
  if (text === false) return { mistake: 'secrets.yaml is not text in UTF-8; the version before is in force' };
  const { parseSecrets } = await import('../core/secrets/read.ts');
  const reading = parseSecrets(text, 'secrets.yaml');
  if ('secrets' in reading) return { file: reading.secrets };
  const { mistakesText } = await import('../core/cluster/mistake.ts');
  return { mistake: `secrets.yaml has a mistake, the version before is in force: ${mistakesText(reading.mistakes)}` };
}

async function opened(file: SecretsFile, cluster: string, unlocked: string | undefined): Promise<Secrets> {
  if (file.size === 0) return new Map();
  const [{ openSecrets }, { parseKeyring }, { cipher }] = await Promise.all([
    import('../core/secrets/open.ts'),
    import('../core/secrets/keyring.ts'),
    import('../shell/wrapping.ts'),
  ]);
  return openSecrets(file, cluster, unlocked === undefined ? new Map() : parseKeyring(unlocked), cipher);
}
