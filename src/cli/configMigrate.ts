import { EditError } from '../core/cluster/edit.ts';
import { migrated, MIGRATIONS, VERSION, versionIn } from '../core/cluster/migrate.ts';
import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { change } from './changed.ts';
import { placeNamed } from './clusterPlace.ts';

/** `pxen config migrate`: brings a file of an older version to that of this pxen. It is read without that, too. */
export async function run({ switches, values }: Call): Promise<number> {
  const place = await placeNamed(values);
  const { file } = place;
  const before = await place.text(true);
  const after = forward(before);
  if (after === before && versionIn(before) !== VERSION) {
    const said = versionIn(before) ?? 'none that is known';
    throw new Failure(
      `${file} is of version ${said}, and this pxen knows no way from there to ${VERSION}`,
      'Use the pxen that the file was written for.',
      2,
    );
  }
  return change(place, { before, after, what: `config migrate to version ${VERSION}` }, switches.has('json'));
}

function forward(text: string): string {
  try {
    return migrated(text, MIGRATIONS);
  } catch (error) {
    if (error instanceof EditError) throw new Failure(error.message, 'Change it with pxen config edit.', 1, error);
    throw error;
  }
}
