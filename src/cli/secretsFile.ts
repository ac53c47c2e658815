import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Safe } from '../core/api/wish.ts';
import { secretsFileAmong } from '../core/cluster/candidates.ts';
import { mistakesText } from '../core/cluster/mistake.ts';
import { parseCluster } from '../core/cluster/read.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { changedSecrets, type SecretChange } from '../core/secrets/change.ts';
import { parseSecrets, type SecretsFile } from '../core/secrets/read.ts';
import { referencesIn, type Reference } from '../core/secrets/references.ts';
import { wallTime } from '../shell/clock.ts';
import { replaceFile } from '../shell/clusterHistory.ts';
import { Failure } from '../shell/fail.ts';
import { isThere } from '../shell/isThere.ts';
import { noteSecrets } from '../shell/secretsHistory.ts';
import type { Call } from './call.ts';
import { fileNamed, textOfFile } from './clusterFile.ts';
import { safeIn, whoIs } from './clusterPlace.ts';
import { controlFor } from './onHost.ts';

/** The `secrets.yaml` that a verb is about. */
export interface SecretsPlace {
  /** As people are told. */
  readonly file: string;
  readonly secrets: SecretsFile;
  /** Undefined where cluster.yaml is not there or has mistakes. */
  readonly cluster: Cluster | undefined;
  readonly references: readonly Reference[];
  /** Makes all of the changes or none, with a line in the history; never a value into that. Throws Failure. */
  save(changes: readonly SecretChange[], what: string): Promise<Safe>;
}

/** What was read of a file. */
export type SecretsRead = Omit<SecretsPlace, 'save'> & { readonly text: string | undefined };

/**
 * On the boot server of `--server`; else beside the file that a person named; without one, on host0 what that serves from, else where
 * they stand. Throws Failure with every mistake of `secrets.yaml`, and where there is no cluster to have secrets.
 */
export async function secretsAt({ values }: Pick<Call, 'values'>): Promise<SecretsPlace> {
  const control = values['server'] === undefined ? await controlFor(values['file']) : undefined;
  if (values['server'] !== undefined || control !== undefined) {
    const { secretsOnHost0, secretsOnServer } = await import('./secretsServed.ts');
    return control === undefined ? secretsOnServer(values) : secretsOnHost0(control);
  }
  const read = await secretsBy((await fileNamed(values['file'] ?? 'cluster.yaml')).file);
  return { ...read, save: (changes, what) => saveSecrets(read, changes, what) };
}

/** The secrets.yaml beside a cluster.yaml. */
export async function secretsBy(clusterFile: string): Promise<SecretsRead> {
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

/** The cluster's name, to which what is wrapped is bound; throws Failure where cluster.yaml does not tell. */
export function clusterName({ cluster, file }: SecretsPlace): string {
  if (cluster !== undefined) return cluster.cluster.name;
  const what = `what is wrapped is bound to the cluster's name, and cluster.yaml beside ${file} cannot be read`;
  throw new Failure(what, 'Look at it with pxen check.', 2);
}

/** Puts the changed text in place of the file, readable by its owner only. */
async function saveSecrets(
  { file, text, references }: SecretsRead,
  changes: readonly SecretChange[],
  what: string,
): Promise<Safe> {
  const changed = changedSecrets(text, changes, references, file);
  if ('refused' in changed) throw new Failure(...changed.refused, 2);
  const { isThere } = await secretsBeside(file);
  if ((isThere ? await textOfFile(file) : undefined) !== text) {
    throw new Failure(`${file} was changed by another meanwhile`, 'Look at it and try again.');
  }
  await noteSecrets(dirname(file), { when: wallTime(), who: whoIs(), what });
  await replaceFile(file, changed.text, 0o600);
  return safeIn(dirname(file));
}
