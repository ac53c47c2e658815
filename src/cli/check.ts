import { dirname, join } from 'node:path';
import { packagesIn } from '../core/cluster/settings.ts';
import { mistakesText, type Mistake } from '../core/cluster/mistake.ts';
import { parseCluster } from '../core/cluster/read.ts';
import { parseSecrets } from '../core/secrets/read.ts';
import { referenceMistakes } from '../core/secrets/referenceMistakes.ts';
import { referencesIn } from '../core/secrets/references.ts';
import { sizeText } from '../core/cluster/size.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { layersFor, parsePackageIndex } from '../core/image/packageIndex.ts';
import { DecodeError } from '../core/net/bytes.ts';
import { fromUtf8 } from '../core/net/text.ts';
import { diskFiles, type Files } from '../shell/files.ts';
import { addonsBeside, type WithAddons } from './addons.ts';
import type { Call } from './call.ts';
import { lackingFiles } from './checkFiles.ts';
import { fileNamed, isFolder, textOfFile } from './clusterFile.ts';
import { explained } from './explained.ts';
import { secretsBeside } from './secretsFile.ts';

/** `pxen check`: 0 and a summary, or 2 and every mistake of the file. A folder is checked with the files that it needs. */
export async function run({ words, switches, values }: Call): Promise<number> {
  const { file, folder } = await fileNamed(words[0] ?? 'cluster.yaml');
  if (SECRETS.test(file)) return checkAlone(file, switches.has('json'));
  const text = await textOfFile(file);
  const reading = parseCluster(text, file);
  const read = 'cluster' in reading ? await addonsBeside(dirname(file), reading.cluster) : undefined;
  const beside = await checkSecrets(file, text, read?.cluster);
  const lacking = read && (await lackingFiles({ file, text, ...read }, read, folder));
  const here = 'mistakes' in reading ? reading.mistakes : [...(lacking?.mistakes ?? []), ...(read?.mistakes ?? [])];
  const mistakes = [...here, ...beside.mistakes];
  if (folder !== undefined && read !== undefined) await tellRelease(folder, read.cluster);
  const packages = read === undefined ? [] : await packageNotes(read.cluster, folder ?? dirname(file));
  const notes = [...(lacking?.notes ?? []), ...packages, ...beside.notes];
  if (read !== undefined && mistakes.length === 0 && values['explain'] !== undefined) {
    process.stdout.write(explained(values['explain'], { file, text, ...read }, switches.has('json')));
  } else if (switches.has('json')) {
    process.stdout.write(`${JSON.stringify({ schema: 'pxen.check/1', file, mistakes, notes }, undefined, 2)}\n`);
  } else if (read !== undefined && mistakes.length === 0) {
    const lines = notes.map((note) => `note: ${note}\n`);
    process.stdout.write(`${file} is right: ${summary(read)}\n${lines.join('')}`);
  } else {
    process.stderr.write(mistakesTold(file, mistakes));
  }
  return mistakes.length === 0 ? 0 : 2;
}

const SECRETS = /(^|\/)secrets\.ya?ml(\.txt)?$/i;

function mistakesTold(file: string, mistakes: readonly Mistake[]): string {
  const count = mistakes.length === 1 ? 'one mistake' : `${mistakes.length} mistakes`;
  return `${mistakesText(mistakes)}\n${file} has ${count}\n`;
}

/** A secrets.yaml that was named itself. */
async function checkAlone(file: string, json: boolean): Promise<number> {
  const reading = parseSecrets(await textOfFile(file), file);
  const mistakes = 'mistakes' in reading ? reading.mistakes : [];
  if (json)
    process.stdout.write(`${JSON.stringify({ schema: 'pxen.check/1', file, mistakes, notes: [] }, undefined, 2)}\n`);
  else if (mistakes.length > 0) process.stderr.write(mistakesTold(file, mistakes));
  else process.stdout.write(`${file} is right\n`);
  return mistakes.length === 0 ? 0 : 2;
}

/** The secrets.yaml beside a file, and what that asks of it. Without one, what is named is not to be had: a note. */
async function checkSecrets(
  file: string,
  text: string,
  cluster: Cluster | undefined,
): Promise<{ readonly mistakes: readonly Mistake[]; readonly notes: readonly string[] }> {
  const { path, isThere } = await secretsBeside(file);
  const names = [...new Set(cluster === undefined ? [] : referencesIn(cluster).map(({ name }) => name))];
  if (!isThere) {
    const lacks = `there is no ${path}, so what it would hold is not to be had: ${names.join(', ')}`;
    return { mistakes: [], notes: names.length === 0 ? [] : [lacks] };
  }
  const reading = parseSecrets(await textOfFile(path), path);
  if ('mistakes' in reading) return { mistakes: reading.mistakes, notes: [] };
  return {
    mistakes: cluster === undefined ? [] : referenceMistakes(text, file, cluster, reading.secrets),
    notes: [...reading.secrets.keys()]
      .filter((name) => cluster !== undefined && !names.includes(name))
      .map((name) => `nothing names the secret ${name}`),
  };
}

/** Packages come as layers, which only a checkout of pxen can make: what the drive lacks of them is no mistake of the file. */
async function packageNotes(cluster: Cluster, drive: string): Promise<string[]> {
  const wanted = packagesIn(cluster);
  if (wanted.length === 0) return [];
  const how = 'make them with `pxen drive packages DIR`, or write the drive with --cluster';
  if (!(await isFolder(join(drive, 'boot')))) return [`packages stand on the drive, beside this file: ${how}`];
  const missing = await missingLayers(wanted, diskFiles(join(drive, 'boot')));
  return missing.length === 0 ? [] : [`the drive has no ${missing.join(', ')}: ${how}`];
}

async function missingLayers(wanted: readonly string[], files: Files): Promise<readonly string[]> {
  const path = 'packages/index';
  if ((await files.info(path)) === undefined) return wanted;
  try {
    const { found, missing } = layersFor(parsePackageIndex(fromUtf8(await files.bytes(path)) ?? ''), wanted);
    const sizes = found.map(async ({ name, file, size }) =>
      (await files.info(`packages/${file}`))?.size === size ? [] : [name],
    );
    return [...missing, ...(await Promise.all(sizes)).flat()];
  } catch (error) {
    if (error instanceof DecodeError) return wanted;
    throw error;
  }
}

/** Machines of payload `xen` need a release, which a folder of one's own kernels has not. That is said, and is no mistake. */
async function tellRelease(folder: string, cluster: Cluster): Promise<void> {
  const { hostProblem } = await import('../host0/serve.ts');
  const why = await hostProblem(folder, cluster);
  if (why !== undefined) process.stderr.write(`warning: machines of payload xen cannot boot from ${folder}: ${why}\n`);
}

function summary({ cluster: { cluster, hosts, networks, vms }, addons }: WithAddons): string {
  const memory = vms.reduce((sum, vm) => sum + vm.memory, 0);
  const wanted = vms.length === 0 ? '' : ` with ${sizeText(memory)} of memory`;
  const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
  const parts = [count(hosts.length, 'host'), count(Object.keys(networks).length, 'network'), count(vms.length, 'VM')];
  const more = addons.size === 0 ? '' : `, ${count(addons.size, 'add-on')}`;
  return `cluster ${cluster.name}, ${parts.join(', ')}${wanted}${more}`;
}
