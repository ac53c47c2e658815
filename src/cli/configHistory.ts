import type { Call } from './call.ts';
import { changesOf, placeNamed } from './clusterPlace.ts';

/** `pxen config history`: who changed the file when, and how. */
export async function run({ switches, values }: Call): Promise<number> {
  const place = await placeNamed(values);
  const { file } = place;
  const changes = await changesOf(place);
  // The history of a file that is gone can still be read; nothing is known of one that never was.
  if (changes.length === 0) await place.text(false);
  const lines = changes.map(
    ({ number, when, who, what }) => `${String(number).padStart(6)}  ${when}  ${who}  ${what}\n`,
  );
  process.stdout.write(
    switches.has('json')
      ? `${JSON.stringify({ schema: 'pxen.history/1', file, changes }, undefined, 2)}\n`
      : lines.join('') || `${file} was not changed by pxen yet\n`,
  );
  return 0;
}
