import { secretsFileAmong } from '../core/cluster/candidates.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { fromUtf8 } from '../core/net/text.ts';
import type { SecretsFile } from '../core/secrets/read.ts';
import type { Secrets } from '../core/secrets/secrets.ts';
import type { Clock } from '../shell/clock.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Files } from '../shell/files.ts';
import type { Log } from '../shell/log.ts';
import { lacking } from './secretsLacking.ts';
import type { KnownText } from './state.ts';

/** What the drive remembers of `secrets.yaml` beside the file itself. */
export interface RememberedSecrets {
  /** The last good version; undefined where there is none. */
  readonly lastGood: () => Promise<string | undefined>;
  /** The version that is to be in force where this text, undefined for no file, was torn by a power cut. */
  readonly overTorn: (text: string | undefined) => Promise<string | undefined>;
}
const NOTHING: RememberedSecrets = { lastGood: async () => undefined, overTorn: async () => undefined };

export interface SecretsDeps {
  /** The drive's root. */
  readonly files: Pick<Files, 'list' | 'bytes'>;
  readonly cluster: () => Cluster;
  /** What `pxen secrets unlock` left in RAM; undefined where it was not called. */
  readonly unlocked: () => Promise<string | undefined>;
  /** Nothing where absent. */
  readonly remembered?: RememberedSecrets;
  readonly log: Log;
}

/** Milliseconds between two looks. */
const LOOK = 5000;

/** `text`: undefined where there is no file. */
type Good = KnownText & { readonly file: SecretsFile };
type Reading = Good | { readonly mistake: string };

/**
 * `secrets.yaml` as it is in force: while it has a mistake, the version before; at the start, the last good one that the drive keeps.
 * Nothing of a boot waits for it, and no sentence of it holds a value.
 */
export class SecretsInForce {
  readonly #deps: SecretsDeps;
  /** Undefined until it was read without a mistake. */
  #good: Good | undefined;
  #secrets: Secrets = new Map();
  #problems: readonly string[] = [];
  #wasAbsent = false;
  /** What the last look saw; undefined before the first one. */
  #seen: string | undefined;

  constructor(deps: SecretsDeps) {
    this.#deps = deps;
  }

  readonly current = (): Secrets => this.#secrets;

  /** The file that is in force. */
  readonly file = (): SecretsFile => this.#good?.file ?? new Map();

  /** Its text; undefined while that is not known. */
  readonly known = (): KnownText | undefined => this.#good;

  /** What stands against it, and what is named and not to be had. */
  readonly warnings = (): readonly string[] => [
    ...this.#problems,
    ...lacking(this.#deps.cluster(), this.#secrets, this.#good?.text),
  ];

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
    const isFirstAbsence = text === undefined && this.file().size > 0 && !this.#wasAbsent;
    this.#wasAbsent = text === undefined;
    if (isFirstAbsence) return;
    const seen = JSON.stringify([text ?? null, keys ?? null, name]);
    if (seen === this.#seen) return;
    const problem = await this.#read(text);
    this.#secrets = await opened(this.file(), name, keys);
    this.#seen = seen;
    this.#tell(problem === undefined ? [] : [problem]);
  }

  /** Takes the file, or what is in force in its place; then gives why. */
  async #read(text: string | false | undefined): Promise<string | undefined> {
    const isFirst = this.#good === undefined;
    const reading = await (isFirst ? this.#untorn(text) : readingOf(text));
    if (!('mistake' in reading)) {
      this.#good = reading;
      return undefined;
    }
    const { mistake } = reading;
    if (!isFirst) return `secrets.yaml has a mistake, the version before is in force: ${mistake}`;
    const kept = await this.#lastGood();
    if (kept === undefined) return `secrets.yaml cannot be used, and no version before is kept: ${mistake}`;
    this.#good = kept;
    return `secrets.yaml cannot be used, the last good version of it is in force: ${mistake}`;
  }

  /** A file that a power cut tore may have no mistake, and still be no version that anybody wished. */
  async #untorn(text: string | false | undefined): Promise<Reading> {
    const { overTorn } = this.#deps.remembered ?? NOTHING;
    const isTorn = text !== false && (await overTorn(text)) !== undefined;
    return isTorn
      ? { mistake: 'the power failed, or the drive was pulled, while it was being written' }
      : readingOf(text);
  }

  async #lastGood(): Promise<Good | undefined> {
    const text = await (this.#deps.remembered ?? NOTHING).lastGood();
    const kept = text === undefined ? undefined : await readingOf(text);
    return kept === undefined || 'mistake' in kept ? undefined : kept;
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

/** Undefined where there is none; `false` for what is no text. */
async function textIn(files: SecretsDeps['files']): Promise<string | false | undefined> {
  const name = secretsFileAmong((await files.list('.')) ?? []);
  return name === undefined ? undefined : (fromUtf8(await files.bytes(name)) ?? false);
}

/** Without a file there are no secrets, which is no mistake. */
async function readingOf(text: string | false | undefined): Promise<Reading> {
  if (text === undefined) return { text, file: new Map() };
  if (text === false) return { mistake: 'it is not text in UTF-8' };
  const { parseSecrets } = await import('../core/secrets/read.ts');
  const reading = parseSecrets(text, 'secrets.yaml');
  if ('secrets' in reading) return { text, file: reading.secrets };
  const { mistakesText } = await import('../core/cluster/mistake.ts');
  return { mistake: mistakesText(reading.mistakes) };
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
