import type { Call } from './call.ts';
import { secretsAt } from './secretsFile.ts';
import { nameIn } from './secretsNamed.ts';
import { tell } from './secretsSet.ts';

/** `pxen secrets forget NAME`: takes an entry out that cluster.yaml does not name. */
export async function run(call: Call): Promise<number> {
  const name = nameIn(call, 'pxen secrets forget NAME');
  const place = await secretsAt(call);
  const safe = await place.save([{ name, value: null }], `secrets forget ${name}`);
  tell(call, place.file, name, 'forgotten', safe);
  return 0;
}
