import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../src/build/paths.ts';
import { run } from '../src/shell/run.ts';

/**
 * Peers are unpacked into the cache, never installed: a server's package begins to serve on the machine as soon as it is
 * installed, and some exclude each other.
 */
export interface Unpacked {
  readonly version: string;
  /** Path of one of its programs. */
  readonly program: (name: string) => string;
  /** So that its programs find their libraries. */
  readonly env: Readonly<Record<string, string>>;
}

/** The first package names the version; the others are what it does not bring itself. */
export async function unpacked(names: readonly string[]): Promise<Unpacked> {
  const wanted = await missing(names);
  const version = await versionOf(names[0] ?? '');
  if (wanted.length === 0) return { version, program: inSystem, env: {} };
  const root = join(cacheFolder(), 'peers', `${names[0]}_${version.replaceAll(/[^\w.+~-]/g, '_')}`);
  if (!existsSync(root)) await unpack(wanted, root);
  const program = (name: string): string => inFolder(root, name) ?? inSystem(name);
  return { version, program, env: { LD_LIBRARY_PATH: await librariesIn(root) } };
}

const BINARIES = ['usr/sbin', 'usr/bin'];

const inFolder = (root: string, name: string): string | undefined =>
  BINARIES.map((folder) => join(root, folder, name)).find((path) => existsSync(path));

const inSystem = (name: string): string => inFolder('/', name) ?? name;

/** Names of the packages that installing these would bring; none where they are installed. */
async function missing(names: readonly string[]): Promise<string[]> {
  const simulate = ['apt-get', 'install', '--simulate', '--no-install-recommends', ...names];
  const known = await run(simulate, { accept: [0, 100] });
  if (known.code === 0) return installedBy(known.stdout);
  await run(['apt-get', '-q', 'update']);
  return installedBy((await run(simulate)).stdout);
}

/** Lines like `Inst atftpd (0.8.0-3 Debian:12.15/oldstable [amd64])`. */
export const installedBy = (simulation: string): string[] =>
  Array.from(simulation.matchAll(/^Inst (\S+) /gm), ([, name = '']) => name);

async function versionOf(name: string): Promise<string> {
  const { stdout } = await run(['apt-cache', 'policy', name]);
  return /^ {2}Candidate: (\S+)$/m.exec(stdout)?.[1] ?? 'unknown';
}

async function unpack(names: readonly string[], root: string): Promise<void> {
  await mkdir(dirname(root), { recursive: true });
  const work = await mkdtemp(`${root}.`);
  try {
    await run(['apt-get', '-q', 'download', ...names], { cwd: work });
    for (const file of await readdir(work)) await run(['dpkg-deb', '--extract', file, 'root'], { cwd: work });
    await rename(join(work, 'root'), root);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Debian keeps libraries in a folder named after the architecture. */
async function librariesIn(root: string): Promise<string> {
  const bases = ['usr/lib', 'lib'].map((folder) => join(root, folder)).filter((folder) => existsSync(folder));
  const found = await Promise.all(
    bases.map(async (base) =>
      (await readdir(base)).filter((name) => name.endsWith('-gnu')).map((name) => join(base, name)),
    ),
  );
  return found.flat().join(':');
}
