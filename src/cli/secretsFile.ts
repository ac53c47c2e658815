import { appendFile, mkdir, open, readdir, rename } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { secretsFileAmong } from '../core/cluster/candidates.ts';
import { mistakesText } from '../core/cluster/mistake.ts';
import { parseCluster } from '../core/cluster/read.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { parseSecrets, type SecretsFile } from '../core/secrets/read.ts';
import { referencesIn, type Reference } from '../core/secrets/references.ts';
import { wallTime } from '../shell/clock.ts';
import { Failure } from '../shell/fail.ts';
import { isThere } from '../shell/isThere.ts';
import { fileNamed, textOfFile } from './clusterFile.ts';
import { HOST0, IN_RAM } from './onHost.ts';

/** `secrets.yaml` beside the cluster.yaml that was named. */
export interface SecretsPlace {
  readonly file: string;
  /** Undefined where there is none yet. */
  readonly text: string | undefined;
  readonly secrets: SecretsFile;
  /** Undefined where cluster.yaml is not there or has mistakes. */
  readonly cluster: Cluster | undefined;
  readonly references: readonly Reference[];
}

/**
 * Beside the file that a person named; without one, on host0 what that serves from, else where they stand. Throws Failure with every
 * mistake of `secrets.yaml`, and where there is no cluster to have secrets.
 */
export async function secretsAt(word: string | undefined): Promise<SecretsPlace> {
  const { file: clusterFile } = await fileNamed(word ?? ((await isThere(HOST0)) ? IN_RAM : 'cluster.yaml'));
  const file = await secretsBeside(clusterFile);
  if (!file.isThere && !(await isThere(clusterFile))) {
    throw new Failure(`there is no ${clusterFile}`, 'Name it, or its folder: --file FILE.', 2);
  }
  const text = file.isThere ? await textOfFile(file.path) : undefined;
  const cluster = await clusterIn(clusterFile);
  const references = cluster === undefined ? [] : referencesIn(cluster);
  return { file: file.path, text, secrets: secretsIn(text, file.path), cluster, references };
}

/** Where it stands beside a cluster.yaml, or would stand. */
export async function secretsBeside(
  clusterFile: string,
): Promise<{ readonly path: string; readonly isThere: boolean }> {
  const folder = dirname(clusterFile);
  const names = await readdir(folder).catch(() => []);
  const found = secretsFileAmong(names);
  return { path: join(folder, found ?? 'secrets.yaml'), isThere: found !== undefined };
}

function secretsIn(text: string | undefined, file: string): SecretsFile {
  if (text === undefined) return new Map();
  const reading = parseSecrets(text, file);
  if ('secrets' in reading) return reading.secrets;
  throw new Failure(`${file} has mistakes\n${mistakesText(reading.mistakes)}`, 'Correct them in your editor.', 2);
}

async function clusterIn(file: string): Promise<Cluster | undefined> {
  const text = await textOfFile(file).catch(() => undefined);
  const reading = text === undefined ? undefined : parseCluster(text, file);
  return reading !== undefined && 'cluster' in reading ? reading.cluster : undefined;
}

/** What a person has to know of a change that host0 alone has; empty where it is safe. */
export const inRamOnly = (file: string): string =>
  resolve(file).startsWith(`${IN_RAM}/`)
    ? 'it is in force until this machine ends: put it into secrets.yaml on the drive as well, from any computer'
    : '';

/** The cluster's name, to which what is wrapped is bound; throws Failure where cluster.yaml does not tell. */
export function clusterName({ cluster, file }: SecretsPlace): string {
  if (cluster !== undefined) return cluster.cluster.name;
  const what = `what is wrapped is bound to the cluster's name, and cluster.yaml beside ${file} cannot be read`;
  throw new Failure(what, 'Look at it with pxen check.', 2);
}

/** Puts `after` in place of the file, readable by its owner only, and a line into the history; never a value into either. */
export async function saveSecrets({ file, text }: SecretsPlace, after: string, what: string): Promise<void> {
  const reading = parseSecrets(after, file);
  if ('mistakes' in reading) {
    throw new Failure(
      `nothing is changed, for ${file} would have mistakes\n${mistakesText(reading.mistakes)}`,
      'Change it in your editor.',
      2,
    );
  }
  const { isThere } = await secretsBeside(file);
  if ((isThere ? await textOfFile(file) : undefined) !== text) {
    throw new Failure(`${file} was changed by another meanwhile`, 'Look at it and try again.');
  }
  await noteChange(file, what);
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(after);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}

/** The names that changed, when and by whom, beside the history of cluster.yaml. What a value was is kept nowhere. */
async function noteChange(file: string, what: string): Promise<void> {
  const folder = join(dirname(file), 'state', 'history');
  await mkdir(folder, { recursive: true });
  await appendFile(join(folder, 'secrets.txt'), `${wallTime()} ${userInfo().username}@${hostname()} ${what}\n`);
}
