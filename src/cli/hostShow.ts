import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { explained } from './explained.ts';
import { readCluster } from './readCluster.ts';

/** `pxen host show NAME`: every value in force for a host, and where it stands. */
export async function run({ words, switches, values }: Call): Promise<number> {
  const [word] = words;
  if (word === undefined) throw new Failure('which host?', 'Name it: pxen host show NAME.', 2);
  process.stdout.write(explained(word, await readCluster(values['file']), switches.has('json')));
  return 0;
}
