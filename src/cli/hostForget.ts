import { editedText, EditError } from '../core/cluster/edit.ts';
import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { changed } from './changed.ts';
import { hostNamed } from './clusterFile.ts';
import { saveCluster } from './clusterHistory.ts';
import { readCluster } from './readCluster.ts';

/** `pxen host forget NAME`: takes a host out of the file. */
export async function run({ words, switches, values }: Call): Promise<number> {
  const [name] = words;
  if (name === undefined) throw new Failure('which host?', 'Name it: pxen host forget NAME.', 2);
  const { file, text, cluster } = await readCluster(values['file']);
  const after = without(text, hostNamed(name, cluster, file));
  await saveCluster(file, text, after, `host forget ${name}`);
  process.stdout.write(changed(file, text, after, switches.has('json')));
  return 0;
}

function without(text: string, index: number): string {
  try {
    return editedText(text, ['hosts', index], undefined);
  } catch (error) {
    if (error instanceof EditError) throw new Failure(error.message, 'Change it with pxen config edit.', 1, error);
    throw error;
  }
}
