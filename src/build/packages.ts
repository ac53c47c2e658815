import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COMPONENTS, SUITE } from '../core/image/recipe.ts';
import { run } from '../shell/run.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Calls apt with folders of its own, so that the building machine's packages and settings play no part. */
export class PrivateApt {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Prepares the folder and fetches the lists of the suite. */
  static async open(folder: string): Promise<PrivateApt> {
    await mkdir(join(folder, 'state/lists/partial'), { recursive: true });
    await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
    await mkdir(join(folder, 'parts'), { recursive: true });
    await writeFile(join(folder, 'status'), '');
    await writeFile(join(folder, 'sources.list'), await sources());
    await writeFile(join(folder, 'apt.conf'), settings(folder));
    const apt = new PrivateApt(folder);
    await apt.#call(['apt-get', 'update']);
    return apt;
  }

  /** Names and versions of all packages that installing `wanted` (and what is essential) would bring. */
  async resolve(wanted: readonly string[]): Promise<{ name: string; version: string }[]> {
    const simulate = ['apt-get', 'install', '--simulate', '--yes', '--no-install-recommends', '?essential', ...wanted];
    const { stdout } = await this.#call(simulate);
    return [...stdout.matchAll(/^Inst (\S+) \((\S+) /gm)].map(([, name = '', version = '']) => ({ name, version }));
  }

  /** Paragraphs of package data for exact versions. */
  async describe(packages: readonly { name: string; version: string }[]): Promise<Map<string, string>[]> {
    const { stdout } = await this.#call(['apt-cache', 'show', ...packages.map((p) => `${p.name}=${p.version}`)]);
    return stdout.trim().split('\n\n').map(fields);
  }

  /** Fetches exact versions into `folder`. */
  async download(packages: readonly { name: string; version: string }[], folder: string): Promise<void> {
    const wanted = packages.map((p) => `${p.name}=${p.version}`);
    await this.#call(['apt-get', 'download', ...wanted], folder);
  }

  #call(command: string[], cwd?: string) {
    const env = { APT_CONFIG: join(this.#folder, 'apt.conf'), LC_ALL: 'C' };
    return run(command, { env, ...(cwd === undefined ? {} : { cwd }) });
  }
}

const settings = (folder: string): string =>
  [
    `Dir::State "${folder}/state";`,
    `Dir::Cache "${folder}/cache";`,
    `Dir::State::status "${folder}/status";`,
    `Dir::Etc::sourcelist "${folder}/sources.list";`,
    `Dir::Etc::sourceparts "${folder}/parts";`,
    `Dir::Etc::preferencesparts "${folder}/parts";`,
    'APT::Architecture "amd64";',
    'APT::Architectures { "amd64"; };',
    'APT::Sandbox::User "root";',
    '',
  ].join('\n');

function fields(paragraph: string): Map<string, string> {
  return new Map([...paragraph.matchAll(/^([\w-]+): (.*)$/gm)].map(([, key = '', value = '']) => [key, value]));
}

/**
 * The sources of Debian 13. The mirror is the machine's own (rule 10) where it is a Debian machine; elsewhere the one that
 * mmdebstrap takes by itself.
 */
async function sources(): Promise<string> {
  const uris = await machineMirrors();
  if (uris.archive === undefined) return toolSources();
  const security = uris.security ?? uris.archive.replace(/debian\/?$/, 'debian-security');
  return [
    sourceLine(uris.archive, SUITE),
    sourceLine(uris.archive, `${SUITE}-updates`),
    sourceLine(security, `${SUITE}-security`),
    '',
  ].join('\n');
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
  return `${stdout.split('\n').filter((line) => line.startsWith('deb ')).join('\n')}\n`;
}

export const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8')) as unknown;
