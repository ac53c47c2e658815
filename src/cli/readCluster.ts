import { addonPath } from '../core/cluster/addons.ts';
import { mistakesText, type Mistake } from '../core/cluster/mistake.ts';
import { parseCluster } from '../core/cluster/read.ts';
import { Failure } from '../shell/fail.ts';
import { addonsBeside } from './addons.ts';
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
  if ('mistakes' in reading) throw wrong(file, reading.mistakes);
  // A change is of this file alone: what is wrong with others does not stand in its way.
  if (toChange || place.folder === undefined) return { file, text, cluster: reading.cluster, addons: new Map() };
  const { mistakes, missing, ...read } = await addonsBeside(place.folder, reading.cluster);
  if (mistakes.length > 0 && !place.isServed) throw wrong('what it switches on', mistakes);
  const lost = missing.map((name) => `there is no ${addonPath(name)} in ${place.folder}\n`);
  for (const note of [mistakesText(mistakes), ...lost].filter(Boolean)) process.stderr.write(`warning: ${note}`);
  return { file, text, ...read };
}

const wrong = (file: string, mistakes: readonly Mistake[]): Failure =>
  new Failure(`${file} has mistakes\n${mistakesText(mistakes)}`, 'Correct them: pxen config edit.', 2);
