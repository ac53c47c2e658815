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

/** `pxen check`: 0 and a summary, or 2 and every mistake of the file. */
export async function run({ words, switches }: Call): Promise<number> {
  const file = words[0] ?? 'cluster.yaml';
  const text = await textOf(file);
  const reading = parseCluster(text, file);
  const mistakes = 'mistakes' in reading ? reading.mistakes : await missingFiles(file, text, reading.cluster);
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

/** Files that are named and not there. Only a file that stands on a drive, beside its `boot/`, tells where to look. */
async function missingFiles(file: string, text: string, cluster: Cluster): Promise<readonly Mistake[]> {
  const boot = join(dirname(file), 'boot');
  if (!(await isFolder(boot))) return [];
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
    throw new Failure(`${file} ${why}`, 'Name the file: pxen check FILE.', 2, cause);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Failure(`${file} is not text in UTF-8`, 'Save it as UTF-8 in your editor.', 2, cause);
  }
}
