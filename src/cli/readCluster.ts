import { mistakesText } from '../core/cluster/mistake.ts';
import { parseCluster } from '../core/cluster/read.ts';
import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { placeNamed, type ClusterPlace } from './clusterPlace.ts';
import type { ReadFile } from './explained.ts';

/** The file that a verb is about (`placeNamed`). Throws Failure with every mistake of it. */
export const readCluster = async (values: Call['values']): Promise<ReadFile> => readIn(await placeNamed(values), false);

/** The same, to be changed: throws Failure also where it could not be. */
export async function readToChange(values: Call['values']): Promise<ReadFile & { readonly place: ClusterPlace }> {
  const place = await placeNamed(values);
  return { place, ...(await readIn(place, true)) };
}

async function readIn(place: ClusterPlace, toChange: boolean): Promise<ReadFile> {
  const { file } = place;
  const text = await place.text(toChange);
  const reading = parseCluster(text, file);
  if ('cluster' in reading) return { file, text, cluster: reading.cluster };
  throw new Failure(`${file} has mistakes\n${mistakesText(reading.mistakes)}`, 'Correct them: pxen config edit.', 2);
}
