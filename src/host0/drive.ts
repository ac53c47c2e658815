import { parseGrubenv } from '../core/boot/grubenv.ts';
import { parseManifest, type Manifest } from '../core/image/manifest.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import type { Clock } from '../shell/clock.ts';
import { createHash } from '../shell/builtin.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import type { FileInfo, Files } from '../shell/files.ts';
import type { Log } from '../shell/log.ts';

const CLUSTER_FILE = 'cluster.yaml';

const textOf = async (files: Files, path: string): Promise<string> =>
  Buffer.from(await files.bytes(path)).toString('utf8');

/** The release that is served, and what vouches for it. */
export interface Served {
  readonly release: string;
  readonly manifest: Manifest;
  readonly sha256: string;
}

/** The release named, else the one that `boot/grubenv` calls current. Throws Failure where it is not whole. */
export async function readRelease(files: Files, named: string | undefined): Promise<Served> {
  const environment = await grubenv(files);
  const release = named ?? environment.get('current');
  if (release === undefined) {
    throw new Failure('boot/grubenv names no current release', 'Give one with --release, or build the drive anew.', 2);
  }
  const path = `boot/releases/${release}/manifest`;
  if ((await files.info(path)) === undefined) {
    throw new Failure(
      `the release ${release} has no ${path}`,
      'Build the drive anew, or name another with --release.',
      2,
    );
  }
  const bytes = await files.bytes(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const wanted = environment.get('current') === release ? environment.get('current_manifest') : undefined;
  if (wanted !== undefined && wanted !== sha256) {
    throw new Failure(
      `the manifest of ${release} is not the one the drive vouches for`,
      'Check the drive: pxen drive check.',
    );
  }
  return { release, manifest: parseManifest(Buffer.from(bytes).toString('utf8')), sha256 };
}

/** Stands for the release where a folder has none. */
export const NO_RELEASE = 'none';
export const noReleaseText = 'there is no release of pxen on the boot server (boot/grubenv is missing)';

/** As `readRelease`; a folder without any release is served too, with kernels and loaders of one's own. */
export async function readReleaseIfAny(files: Files, named: string | undefined): Promise<Served> {
  const isBare =
    named === undefined &&
    (await files.info('boot/grubenv')) === undefined &&
    ((await files.list('boot/releases')) ?? []).length === 0;
  if (!isBare) return readRelease(files, named);
  return { release: NO_RELEASE, manifest: { release: NO_RELEASE, files: [] }, sha256: '' };
}

async function grubenv(files: Files): Promise<ReadonlyMap<string, string>> {
  const path = 'boot/grubenv';
  return (await files.info(path)) === undefined ? new Map() : parseGrubenv(await textOf(files, path));
}

/** `cluster.yaml` as it is in force: the last version that could be read whole. */
export interface ClusterFile {
  readonly current: () => Cluster;
  /** Why a newer version is not in force. */
  readonly warnings: () => readonly string[];
  /** Reads it again if it has changed. */
  check(): Promise<void>;
}

/** Reads `cluster.yaml`; throws Failure with every mistake of it, placed. */
export async function openClusterFile(files: Files, log: Log): Promise<ClusterFile> {
  const name = await nameOfFile(files);
  let seen = await files.info(name);
  const first = await readCluster(files, name);
  if (typeof first === 'string') throw new Failure(`${CLUSTER_FILE} has mistakes\n${first}`, 'Correct them.', 2);
  let cluster = first;
  let warnings: readonly string[] = [];
  const take = (next: Cluster | string): void => {
    warnings =
      typeof next === 'string' ? [`${CLUSTER_FILE} has a mistake, the version before is in force: ${next}`] : [];
    if (typeof next === 'string') return log.say('BOOT_CLUSTER_FILE', { mistake: next });
    cluster = next;
    log.say('BOOT_CLUSTER_READ');
  };
  return {
    current: () => cluster,
    warnings: () => warnings,
    async check() {
      const info = await files.info(name);
      // Pulled with the drive, or between an editor's two steps: what is in force stays.
      if (info === undefined || isSame(info, seen)) return;
      seen = info;
      take(await readCluster(files, name));
    },
  };
}

/** Editors that hide a file's ending save it with another behind it. */
async function nameOfFile(files: Files): Promise<string> {
  for (const name of [CLUSTER_FILE, `${CLUSTER_FILE}.txt`]) {
    if ((await files.info(name)) !== undefined) return name;
  }
  throw new Failure(`there is no ${CLUSTER_FILE}`, 'See whether the drive has one, or name its folder with --dir.', 2);
}

const isSame = (one: FileInfo, other: FileInfo | undefined): boolean =>
  one.size === other?.size && one.modified === other.modified;

/** The cluster, or its mistakes as text. The parser is loaded here, since nothing else of boot service needs it. */
async function readCluster(files: Files, name: string): Promise<Cluster | string> {
  const { parseCluster } = await import('../core/cluster/read.ts');
  const reading = parseCluster(await textOf(files, name), name);
  if ('cluster' in reading) return reading.cluster;
  const { mistakesText } = await import('../core/cluster/mistake.ts');
  return mistakesText(reading.mistakes);
}

/** Milliseconds between two looks at the file. */
const LOOK = 5000;

/** Looks for changes until `signal` aborts. */
export async function watchClusterFile(file: ClusterFile, clock: Clock, log: Log, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(LOOK, signal).catch(() => undefined);
    await file.check().catch((error: unknown) => log.say('BOOT_CLUSTER_FILE', { mistake: sentenceOf(error) }));
  }
}
