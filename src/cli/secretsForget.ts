import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { saveSecrets, secretsAt } from './secretsFile.ts';
import { entryNamed, nameIn } from './secretsNamed.ts';
import { edited, tell } from './secretsSet.ts';

/** `pxen secrets forget NAME`: takes an entry out that cluster.yaml does not name. */
export async function run(call: Call): Promise<number> {
  const name = nameIn(call, 'pxen secrets forget NAME');
  const place = await secretsAt(call.values['file']);
  entryNamed(place, name);
  const user = place.references.find((one) => one.name === name);
  if (user !== undefined) {
    const what = `cluster.yaml names ${name} at ${user.path.slice(0, -1).join('.')}`;
    throw new Failure(what, 'Take it out there first: pxen config edit.', 2);
  }
  await saveSecrets(place, edited(place.text, name, undefined), `secrets forget ${name}`);
  tell(call, place.file, name, 'forgotten');
  return 0;
}
