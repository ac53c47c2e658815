import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bootFilesIn, missingFile } from '../core/cluster/bootFiles.ts';
import { mistakesText, type Mistake } from '../core/cluster/mistake.ts';
import { parseCluster } from '../core/cluster/read.ts';
import { sizeText } from '../core/cluster/size.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { Failure } from '../shell/fail.ts';
import { diskFiles } from '../shell/files.ts';
import type { Call } from './call.ts';

/** `pxen check`: 0 and a summary, or 2 and every mistake of the file. A folder is checked with the files that it needs. */
export async function run({ words, switches }: Call): Promise<number> {
  const named = words[0] ?? 'cluster.yaml';
  const folder = (await isFolder(named)) ? named : undefined;
  const file = folder === undefined ? named : await fileIn(folder);
  const text = await textOf(file);
  const reading = parseCluster(text, file);
  const mistakes = 'mistakes' in reading ? reading.mistakes : await missingFiles(file, text, reading.cluster, folder);
  if (folder !== undefined && 'cluster' in reading) await tellRelease(folder, reading.cluster);
  if (switches.has('json')) {
    process.stdout.write(`${JSON.stringify({ schema: 'pxen.check/1', file, mistakes }, undefined, 2)}\n`);
  } else if ('cluster' in reading && mistakes.length === 0) {
    process.stdout.write(`${file} is right: ${summary(reading.cluster)}\n`);
  } else {
    const count = mistakes.length === 1 ? 'one mistake' : `${mistakes.length} mistakes`;
    process.stderr.write(`${mistakesText(mistakes)}\n${file} has ${count}\n`);
  }
  return mistakes.length === 0 ? 0 : 2;
}

/** Editors that hide a file's ending save it with another behind it. */
async function fileIn(folder: string): Promise<string> {
  const [file, other] = [join(folder, 'cluster.yaml'), join(folder, 'cluster.yaml.txt')];
  return (await isThere(file)) || !(await isThere(other)) ? file : other;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Machines of payload `xen` need a release, which a folder of one's own kernels has not. That is said, and is no mistake. */
async function tellRelease(folder: string, cluster: Cluster): Promise<void> {
  const { hostProblem } = await import('../host0/serve.ts');
  const why = await hostProblem(folder, cluster);
  if (why !== undefined) process.stderr.write(`warning: machines of payload xen cannot boot from ${folder}: ${why}\n`);
}

/**
 * Files that are named and not there. A file alone tells where to look only where it stands on a drive, beside its `boot/`; a
 * folder always does.
 */
async function missingFiles(
  file: string,
  text: string,
  cluster: Cluster,
  folder: string | undefined,
): Promise<readonly Mistake[]> {
  const boot = join(dirname(file), 'boot');
  if (folder === undefined && !(await isFolder(boot))) return [];
  const files = diskFiles(boot);
  const found = await Promise.all(
    bootFilesIn(cluster).map(async (path) =>
      (await files.info(path)) === undefined ? missingFile(text, file, path) : [],
    ),
  );
  return found.flat();
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

function summary({ cluster, hosts, networks, vms }: Cluster): string {
  const memory = vms.reduce((sum, vm) => sum + vm.memory, 0);
  const wanted = vms.length === 0 ? '' : ` with ${sizeText(memory)} of memory`;
  const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
  const parts = [count(hosts.length, 'host'), count(Object.keys(networks).length, 'network'), count(vms.length, 'VM')];
  return `cluster ${cluster.name}, ${parts.join(', ')}${wanted}`;
}

async function textOf(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'is not there' : `cannot be read (${cause.code ?? cause.message})`;
    throw new Failure(`${file} ${why}`, 'Name the file, or the folder that it is in: pxen check DIR|FILE.', 2, cause);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Failure(`${file} is not text in UTF-8`, 'Save it as UTF-8 in your editor.', 2, cause);
  }
}
