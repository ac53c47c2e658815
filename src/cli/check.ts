import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bootFilesIn, missingFile, overlayFilesIn } from '../core/cluster/bootFiles.ts';
import { explainHost, hostAt } from '../core/cluster/explain.ts';
import { explainText } from '../core/cluster/explainText.ts';
import { mistakesText, type Mistake } from '../core/cluster/mistake.ts';
import { nearest } from '../core/cluster/near.ts';
import { placesIn } from '../core/cluster/places.ts';
import { parseCluster } from '../core/cluster/read.ts';
import { sizeText } from '../core/cluster/size.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { Failure } from '../shell/fail.ts';
import { diskFiles } from '../shell/files.ts';
import type { Call } from './call.ts';
import { textOfFile } from './clusterFile.ts';

/** `pxen check`: 0 and a summary, or 2 and every mistake of the file. */
export async function run({ words, switches, values }: Call): Promise<number> {
  const file = words[0] ?? 'cluster.yaml';
  const text = await textOfFile(file);
  const reading = parseCluster(text, file);
  const mistakes = 'mistakes' in reading ? reading.mistakes : await missingFiles(file, text, reading.cluster);
  const asked = values['explain'];
  if ('cluster' in reading && mistakes.length === 0 && asked !== undefined) {
    return explain(asked, { file, text, cluster: reading.cluster }, switches.has('json'));
  }
  if (switches.has('json')) {
    const notes = 'cluster' in reading ? notesOn(reading.cluster) : [];
    process.stdout.write(`${JSON.stringify({ schema: 'pxen.check/1', file, mistakes, notes }, undefined, 2)}\n`);
  } else if ('cluster' in reading && mistakes.length === 0) {
    const notes = notesOn(reading.cluster).map((note) => `note: ${note}\n`);
    process.stdout.write(`${file} is right: ${summary(reading.cluster)}\n${notes.join('')}`);
  } else {
    const count = mistakes.length === 1 ? 'one mistake' : `${mistakes.length} mistakes`;
    process.stderr.write(`${mistakesText(mistakes)}\n${file} has ${count}\n`);
  }
  return mistakes.length === 0 ? 0 : 2;
}

interface Checked {
  readonly file: string;
  readonly text: string;
  readonly cluster: Cluster;
}

function explain(word: string, { file, text, cluster }: Checked, json: boolean): number {
  const index = hostAt(cluster.hosts, word);
  if (index === undefined) throw noHost(word, cluster, file);
  const values = explainHost({ cluster, placeOf: placesIn(text) }, index, {});
  process.stdout.write(
    json
      ? `${JSON.stringify({ schema: 'pxen.explain/1', file, host: word, values }, undefined, 2)}\n`
      : `${explainText(file, values)}${byHardware(cluster)}`,
  );
  return 0;
}

/** A file does not tell what is in a machine. */
const byHardware = ({ settings, profiles }: Cluster): string =>
  [...settings, ...Object.values(profiles)].some((entry) => entry.for?.hardware !== undefined)
    ? 'note: what is chosen by hardware is left out: only the machine can tell what it has\n'
    : '';

function noHost(word: string, { hosts }: Cluster, file: string): Failure {
  const names = hosts.flatMap(({ name, mac }) => name ?? mac ?? []);
  const near = nearest(word, names);
  const remedy = near === undefined ? 'Name one by its name, MAC, UUID or serial number.' : `Did you mean ${near}?`;
  return new Failure(`${file} has no host ${word}`, remedy, 2);
}

/** What is right in the file and not done yet all the same. */
function notesOn({ settings }: Cluster): string[] {
  const packages = [...new Set(settings.flatMap(({ packages }) => packages))];
  return packages.length === 0 ? [] : [`packages are not installed yet: ${packages.join(', ')}`];
}

/** Files that are named and not there. Only a file that stands on a drive, beside its `boot/`, tells where to look. */
async function missingFiles(file: string, text: string, cluster: Cluster): Promise<readonly Mistake[]> {
  const drive = dirname(file);
  if (!(await isFolder(join(drive, 'boot')))) return [];
  const missing = async (folder: string, paths: readonly string[]): Promise<Mistake[]> => {
    const files = diskFiles(join(drive, folder));
    const found = paths.map(async (path) => ((await files.info(path)) === undefined ? [path] : []));
    return (await Promise.all(found)).flat().map((path) => missingFile(text, file, folder, path));
  };
  return [
    ...(await missing('boot', bootFilesIn(cluster))),
    ...(await missing('overlay', overlayFilesIn(cluster))),
  ].toSorted((a, b) => a.line - b.line || a.column - b.column);
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
