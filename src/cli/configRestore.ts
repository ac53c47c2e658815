import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { changed } from './changed.ts';
import { fileNamed, textOfFile } from './clusterFile.ts';
import { saveCluster, versionOf } from './clusterHistory.ts';

/** `pxen config restore N`: the file as change N left it, which is a change like any other. */
export async function run({ words, switches, values }: Call): Promise<number> {
  const [word] = words;
  if (word === undefined) throw new Failure('which change?', 'Give its number, as pxen config history shows it.', 2);
  const { file } = await fileNamed(values['file'] ?? 'cluster.yaml');
  const [before, after] = await Promise.all([textOfFile(file), versionOf(file, word)]);
  if (before !== after) await saveCluster(file, before, after, `config restore ${word}`);
  process.stdout.write(changed(file, before, after, switches.has('json')));
  return 0;
}
