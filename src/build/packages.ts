import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LockedSource } from '../core/image/lock.ts';
import { COMPONENTS, SUITE } from '../core/image/recipe/packages.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import { run, type RunOptions } from '../shell/run.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

interface Version {
  readonly name: string;
  readonly version: string;
}

/** A Debian archive as the build needs it. */
export interface Archive {
  /** Names and versions of all packages that installing `wanted` (and what is essential) would bring. */
  resolve(wanted: readonly string[]): Promise<Version[]>;
  /** What installing `wanted` would bring, or bring in another version, where the packages of a dpkg status file are installed. */
  resolveOver(status: string, wanted: readonly string[]): Promise<Version[]>;
  /** Paragraphs of package data for exact versions. */
  describe(packages: readonly Version[]): Promise<Map<string, string>[]>;
  /** The names of those that it has in exactly this version. */
  known(packages: readonly Version[]): Promise<ReadonlySet<string>>;
  /** Fetches exact versions into `folder`. */
  download(packages: readonly Version[], folder: string): Promise<void>;
}

/** An archive of source packages. */
export interface SourceArchive {
  /** Its files, as the archive's signed lists have them; undefined where it has none of this version. */
  source(name: string, version: string): Promise<LockedSource | undefined>;
  /** Fetches all files into `folder`. */
  downloadSource(source: LockedSource, folder: string): Promise<void>;
}

/** Kinds of line in sources.list(5). */
type Kind = 'deb' | 'deb-src';

/** Calls apt with folders of its own, so that the building machine's packages and settings play no part. */
export class PrivateApt implements Archive, SourceArchive {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Prepares the folder and fetches the lists of the suite, from the machine's own mirror where none is given. */
  static async open(folder: string, mirror?: string, kind: Kind = 'deb', processor = 'amd64'): Promise<PrivateApt> {
    await mkdir(join(folder, 'state/lists/partial'), { recursive: true });
    await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
    await mkdir(join(folder, 'parts'), { recursive: true });
    await writeFile(join(folder, 'status'), '');
    const lines = mirror === undefined ? await sources() : sourceLines(mirror);
    await writeFile(join(folder, 'sources.list'), lines.replaceAll(/^deb /gm, `${kind} `));
    await writeFile(join(folder, 'apt.conf'), settings(folder, processor));
    const apt = new PrivateApt(folder);
    await apt.#call(['apt-get', 'update']).catch((error: unknown) => {
      throw unreachable(mirror, error);
    });
    return apt;
  }

  async resolve(wanted: readonly string[]): Promise<Version[]> {
    const simulate = ['apt-get', 'install', '--simulate', '--yes', '--no-install-recommends', '?essential', ...wanted];
    const { stdout } = await this.#call(simulate);
    return [...stdout.matchAll(/^Inst (\S+) \((\S+) /gm)].map(([, name = '', version = '']) => ({ name, version }));
  }

  async resolveOver(status: string, wanted: readonly string[]): Promise<Version[]> {
    const over = ['-o', `Dir::State::status=${status}`];
    const simulate = ['apt-get', ...over, 'install', '--simulate', '--yes', '--no-install-recommends', ...wanted];
    const { stdout } = await this.#call(simulate);
    return [...stdout.matchAll(/^Inst (\S+) (?:\[\S+\] )?\((\S+) /gm)].map(([, name = '', version = '']) => ({
      name,
      version,
    }));
  }

  async describe(packages: readonly Version[]): Promise<Map<string, string>[]> {
    const { stdout } = await this.#call(['apt-cache', 'show', ...packages.map((p) => `${p.name}=${p.version}`)]);
    return stdout.trim().split('\n\n').map(fields);
  }

  async known(packages: readonly Version[]): Promise<ReadonlySet<string>> {
    // apt-cache(8) shows what it finds and ends with 100 where something is missing.
    const command = ['apt-cache', 'show', ...packages.map((p) => `${p.name}=${p.version}`)];
    const { stdout } = await this.#call(command, { accept: [0, 100] });
    const found = new Set(
      stdout
        .split('\n\n')
        .map(fields)
        .map((p) => `${p.get('Package')}=${p.get('Version')}`),
    );
    return new Set(packages.filter((p) => found.has(`${p.name}=${p.version}`)).map(({ name }) => name));
  }

  async download(packages: readonly Version[], folder: string): Promise<void> {
    const wanted = packages.map((p) => `${p.name}=${p.version}`);
    await this.#call(['apt-get', 'download', ...wanted], { cwd: folder });
  }

  async source(name: string, version: string): Promise<LockedSource | undefined> {
    const { stdout } = await this.#call(['apt-cache', 'showsrc', '--only-source', name], { accept: [0, 100] });
    const paragraph = stdout.split('\n\n').find((text) => fields(text).get('Version') === version);
    return paragraph === undefined ? undefined : { name, version, files: sourceFiles(paragraph) };
  }

  async downloadSource({ name, version }: LockedSource, folder: string): Promise<void> {
    await this.#call(['apt-get', 'source', '--download-only', `${name}=${version}`], { cwd: folder });
  }

  #call(command: string[], options: RunOptions = {}) {
    return run(command, { ...options, env: { APT_CONFIG: join(this.#folder, 'apt.conf'), LC_ALL: 'C' } });
  }
}

/** `processor`: as Debian names its ports. */
const settings = (folder: string, processor: string): string =>
  [
    `Dir::State "${folder}/state";`,
    `Dir::Cache "${folder}/cache";`,
    `Dir::State::status "${folder}/status";`,
    `Dir::Etc::sourcelist "${folder}/sources.list";`,
    `Dir::Etc::sourceparts "${folder}/parts";`,
    `Dir::Etc::preferencesparts "${folder}/parts";`,
    `APT::Architecture "${processor}";`,
    `APT::Architectures { "${processor}"; };`,
    'APT::Sandbox::User "root";',
    // Without this apt-get update ends well when a mirror cannot be reached.
    'APT::Update::Error-Mode "any";',
    'Acquire::Retries "2";',
    // A snapshot of the past is signed for the past; packages are checked against the lock's hashes.
    'Acquire::Check-Valid-Until "false";',
    '',
  ].join('\n');

export function fields(paragraph: string): Map<string, string> {
  return new Map([...paragraph.matchAll(/^([\w-]+): (.*)$/gm)].map(([, key = '', value = '']) => [key, value]));
}

/** The field Checksums-Sha256 of a source package (deb-src-control(5)): a line ` hash size name` for each file. */
function sourceFiles(paragraph: string): LockedSource['files'] {
  const block = /^Checksums-Sha256:\s*\n((?: .*\n?)+)/m.exec(paragraph)?.[1] ?? '';
  const lines = block.matchAll(/^ ([0-9a-f]{64}) (\d+) (\S+)$/gm);
  return Array.from(lines, ([, sha256 = '', size = '', name = '']) => ({ name, sha256, size: Number(size) }));
}

/**
 * The sources of Debian 13. The mirror is the machine's own (rule 10) where it is a Debian machine; elsewhere the one that
 * mmdebstrap takes by itself.
 */
async function sources(): Promise<string> {
  const uris = await machineMirrors();
  if (uris.archive === undefined) return toolSources();
  return sourceLines(uris.archive, uris.security);
}

function sourceLines(archive: string, security = archive.replace(/\/debian(?=\/|$)/, '/debian-security')): string {
  const lines = [
    sourceLine(archive, SUITE),
    sourceLine(archive, `${SUITE}-updates`),
    sourceLine(security, `${SUITE}-security`),
  ];
  return `${lines.join('\n')}\n`;
}

function unreachable(mirror: string | undefined, cause: unknown): Failure {
  const which = mirror === undefined ? "Debian's mirror" : `the archive ${mirror}`;
  const why = /^E: (.*)$/m.exec(sentenceOf(cause))?.[1] ?? sentenceOf(cause);
  const remedy = "Check the network, and the mirror in this machine's /etc/apt. Packages in the cache need no mirror.";
  return new Failure(`${which} cannot be reached: ${why}`, remedy, 1, cause);
}

const sourceLine = (uri: string, suite: string): string => `deb [signed-by=${KEYRING}] ${uri} ${suite} ${COMPONENTS}`;

async function machineMirrors(): Promise<{ archive?: string; security?: string }> {
  const { stdout } = await run(['apt-get', 'indextargets', '--format', '$(REPO_URI)'], { accept: [0, 100] });
  const uris = [...new Set(stdout.split('\n').filter(Boolean))];
  const archive = uris.find((uri) => /\/debian\/?$/.test(uri));
  const security = uris.find((uri) => /\/debian-security\/?$/.test(uri));
  return { ...(archive === undefined ? {} : { archive }), ...(security === undefined ? {} : { security }) };
}

/** What mmdebstrap writes into a fresh root's sources.list when it is given no mirror. */
async function toolSources(): Promise<string> {
  const hook = 'cat "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/* 2>/dev/null; exit 0';
  const simulate = ['mmdebstrap', '--simulate', '--variant=custom', `--components=${COMPONENTS}`];
  const { stdout } = await run([...simulate, `--setup-hook=${hook}`, SUITE, '/dev/null']);
  return `${stdout
    .split('\n')
    .filter((line) => line.startsWith('deb '))
    .join('\n')}\n`;
}
