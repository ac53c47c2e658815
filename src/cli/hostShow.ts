import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { hostNamed } from './clusterFile.ts';
import { explained } from './explained.ts';
import { keyText, shownKey } from './hostKey.ts';
import { readCluster } from './readCluster.ts';

/** `pxen host show NAME`: every value in force for a host, where it stands, and its SSH host key. */
export async function run(call: Call): Promise<number> {
  const { words, switches, values } = call;
  const [word] = words;
  if (word === undefined) throw new Failure('which host?', 'Name it: pxen host show NAME.', 2);
  const read = await readCluster(values['file']);
  const host = read.cluster.hosts[hostNamed(word, read.cluster, read.file)];
  const text = explained(word, read, switches.has('json'));
  if (switches.has('json') || host === undefined) process.stdout.write(text);
  else process.stdout.write(`${text}${keyText(await shownKey(host, call))}`);
  return 0;
}
