import { lineDiff } from '../core/cluster/lineDiff.ts';
import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { lastVersion, placeNamed, versionOf } from './clusterPlace.ts';

/** `pxen config diff [N]`: what differs between the file after a change, by itself the last one, and now. */
export async function run({ words, switches, values }: Call): Promise<number> {
  const [word] = words;
  const place = await placeNamed(values);
  const { file } = place;
  const before = word === undefined ? await lastVersion(place) : await versionOf(place, word);
  if (before === undefined)
    throw new Failure(`${file} has no history yet`, 'It begins with the first change by pxen.', 2);
  const diff = lineDiff(before, await place.text(false));
  process.stdout.write(
    switches.has('json') ? `${JSON.stringify({ schema: 'pxen.diff/1', file, diff }, undefined, 2)}\n` : diff,
  );
  return 0;
}
