import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loaderFor, LOADER_FILES } from '../core/boot/loaders.ts';
import { bootFilesIn } from '../core/cluster/bootFiles.ts';
import { clusterFileAmong } from '../core/cluster/candidates.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { profileNamed } from '../core/boot/profile.ts';
import { Failure } from '../shell/fail.ts';
import { diskFiles, type Files } from '../shell/files.ts';
import type { Log } from '../shell/log.ts';
import { openClusterFile, type ClusterFile } from './clusterFile.ts';
import { NO_RELEASE, noReleaseText, readReleaseIfAny, type Served } from './drive.ts';

/** A folder that is served. cluster.yaml is read again when it changes; the release stays what it was. */
export interface Folder {
  readonly file: ClusterFile;
  readonly served: Served;
  /** Its `boot/`. */
  readonly own: Files;
  /** The same, and the loaders that the machine has installed. */
  readonly all: Files;
  readonly installed: Installed;
}

/** A folder of loaders that the machine has installed, and where that is. */
interface Installed {
  readonly folder: string;
  readonly files: Files;
}

/** Where distributions put iPXE: Debian and Ubuntu, Fedora and Arch. */
const INSTALLED = ['/usr/lib/ipxe', '/usr/share/ipxe'];

/** Opens a folder; throws Failure where there is none, it has no cluster.yaml, or that has mistakes. */
export async function openFolder(dir: string, release: string | undefined, log: Log): Promise<Folder> {
  const init = `\`pxen serve --init ${dir}\` makes one`;
  if (!(await isFolder(dir))) throw new Failure(`there is no folder ${dir}`, `Name another; ${init}.`, 2);
  const drive = diskFiles(dir);
  const { name, note } = clusterFileAmong((await drive.list('.')) ?? []);
  if (name === undefined) {
    const sentence = `there is no cluster.yaml in ${dir}${note === undefined ? '' : `; ${note}`}`;
    throw new Failure(sentence, `Name the folder of your cluster; ${init}.`, 2);
  }
  const file = await openClusterFile(drive, log);
  const folders = await Promise.all(INSTALLED.map(async (path) => ((await isFolder(path)) ? path : [])));
  const folder = folders.flat()[0] ?? '/usr/lib/ipxe';
  const installed = { folder, files: diskFiles(folder) };
  const own = diskFiles(join(dir, 'boot'));
  return { file, served: await readReleaseIfAny(drive, release), own, all: withInstalled(own, installed), installed };
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const nameOf = (path: string): string => path.slice('loaders/'.length);

/** The files of a folder; a loader that it lacks is taken from those that the machine has installed. */
export function withInstalled(own: Files, installed: Installed): Files {
  const loaders = new Set(LOADER_FILES);
  const pick = async (path: string): Promise<readonly [Files, string]> => {
    const isMissing = loaders.has(path) && (await own.info(path)) === undefined;
    return isMissing ? [installed.files, nameOf(path)] : [own, path];
  };
  return {
    info: async (path) => {
      const [files, name] = await pick(path);
      return files.info(name);
    },
    bytes: async (path) => {
      const [files, name] = await pick(path);
      return files.bytes(name);
    },
    open: async (path) => {
      const [files, name] = await pick(path);
      return files.open(name);
    },
    async *stream(path, from, to) {
      const [files, name] = await pick(path);
      yield* files.stream(name, from, to);
    },
    list: (path) => own.list(path),
  };
}

/** Firmware that nearly every machine has; whoever has another is told when it asks. */
const USUAL = [0, 7];

/** Tells what the folder lacks, so that it is known before a machine stands still. */
export async function tellLacks(
  cluster: Cluster,
  { own, all, installed }: Pick<Folder, 'own' | 'all' | 'installed'>,
  log: Log,
): Promise<void> {
  for (const path of bootFilesIn(cluster)) {
    if ((await all.info(path)) === undefined) log.say('SERVE_NO_FILE', { path });
  }
  const lacking = await absent(LOADER_FILES, own);
  const stillLacking = new Set(await absent(lacking, all));
  const taken = lacking.filter((path) => !stillLacking.has(path));
  if (taken.length > 0)
    log.say('SERVE_LOADERS', { folder: installed.folder, files: taken.map((path) => nameOf(path)).join(', ') });
  const present = new Set(LOADER_FILES.filter((path) => !stillLacking.has(path)));
  for (const arch of USUAL) {
    const found = loaderFor(arch, { present, own: cluster.boot.loaders });
    if ('why' in found) log.say('SERVE_NO_LOADER', { why: found.why });
  }
}

/** The sentence why hosts of the cluster cannot boot from a folder; undefined where they can. */
export async function releaseProblem({ release, manifest }: Served, boot: Files): Promise<string | undefined> {
  if (release === NO_RELEASE) return noReleaseText;
  for (const { name, size } of manifest.files) {
    const path = `releases/${release}/${name}`;
    const info = await boot.info(path);
    if (info === undefined) return `boot/${path} is not there`;
    if (info.size !== size) return `boot/${path} has ${info.size} bytes and not ${size}`;
  }
  return undefined;
}

async function absent(paths: readonly string[], files: Files): Promise<string[]> {
  const found = await Promise.all(paths.map(async (path) => ((await files.info(path)) === undefined ? path : [])));
  return found.flat();
}

/** Whether any machine may come to boot a host of the cluster. */
export function bootsXen(cluster: Cluster): boolean {
  const { boot, hosts, profiles } = cluster;
  const meant = [
    boot.default,
    boot.unknown ?? '',
    ...hosts.map(({ profile }) => profile ?? ''),
    ...Object.keys(profiles),
  ];
  return meant.some((name) => profileNamed(cluster, name)?.payload.kind === 'xen');
}
