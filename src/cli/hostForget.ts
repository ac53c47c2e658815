import { editedText, EditError } from '../core/cluster/edit.ts';
import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { change } from './changed.ts';
import { hostNamed } from './clusterFile.ts';
import { readToChange } from './readCluster.ts';

/** `pxen host forget NAME`: takes a host out of the file. */
export async function run({ words, switches, values }: Call): Promise<number> {
  const [name] = words;
  if (name === undefined) throw new Failure('which host?', 'Name it: pxen host forget NAME.', 2);
  const { place, file, text: before, cluster } = await readToChange(values);
  const after = without(before, hostNamed(name, cluster, file));
  return change(place, { before, after, what: `host forget ${name}` }, switches.has('json'));
}

function without(text: string, index: number): string {
  try {
    return editedText(text, ['hosts', index], undefined);
  } catch (error) {
    if (error instanceof EditError) throw new Failure(error.message, 'Change it with pxen config edit.', 1, error);
    throw error;
  }
}
