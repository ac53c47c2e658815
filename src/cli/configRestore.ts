import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { change } from './changed.ts';
import { placeNamed, versionOf } from './clusterPlace.ts';

/** `pxen config restore N`: the file as change N left it, which is a change like any other. */
export async function run({ words, switches, values }: Call): Promise<number> {
  const [word] = words;
  if (word === undefined) throw new Failure('which change?', 'Give its number, as pxen config history shows it.', 2);
  const place = await placeNamed(values);
  const before = await place.text(true);
  const after = await versionOf(place, word);
  return change(place, { before, after, what: `config restore ${word}` }, switches.has('json'));
}
