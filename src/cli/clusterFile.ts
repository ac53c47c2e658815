import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { clusterFileAmong } from '../core/cluster/candidates.ts';
import { nearest } from '../core/cluster/near.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { hostAt } from '../core/cluster/explain.ts';
import { Failure } from '../shell/fail.ts';

/** The file that a person named: itself, or the cluster.yaml of a folder that is laid out like a drive. */
export async function fileNamed(word: string): Promise<{ readonly file: string; readonly folder: string | undefined }> {
  return (await isFolder(word)) ? { file: await fileIn(word), folder: word } : { file: word, folder: undefined };
}

async function fileIn(folder: string): Promise<string> {
  const { name = 'cluster.yaml' } = clusterFileAmong(await readdir(folder));
  return join(folder, name);
}

export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** The text of a person's file; throws Failure where there is none. */
export async function textOfFile(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'is not there' : `cannot be read (${cause.code ?? cause.message})`;
    throw new Failure(`${file} ${why}`, 'Name the file, or a folder laid out like a drive.', 2, cause);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Failure(`${file} is not text in UTF-8`, 'Save it as UTF-8 in your editor.', 2, cause);
  }
}

/** The number of the host that a word means; throws Failure where there is none. */
export function hostNamed(word: string, { hosts }: Cluster, file: string): number {
  const index = hostAt(hosts, word);
  if (index !== undefined) return index;
  const near = nearest(
    word,
    hosts.flatMap(({ name, mac }) => name ?? mac ?? []),
  );
  const remedy = near === undefined ? 'Name one by its name, MAC, UUID or serial number.' : `Did you mean ${near}?`;
  throw new Failure(`${file} has no host ${word}`, remedy, 2);
}
