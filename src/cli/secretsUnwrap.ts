import { Secret } from '../core/secrets/secret.ts';
import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { keysOf } from './passphrase.ts';
import { secretsAt } from './secretsFile.ts';
import { openedWith } from './secretsShow.ts';
import { changeAll, namesOr } from './secretsWrap.ts';

/** `pxen secrets unwrap [NAME...]`: all that is wrapped, or what is named, becomes plain again. */
export async function run(call: Call): Promise<number> {
  const place = await secretsAt(call);
  const names = namesOr(call, place, (entry) => !(entry instanceof Secret));
  const keys = await keysOf(place.secrets, call);
  await changeAll(place, names, call, 'unwrap', (name, entry) => {
    if (entry instanceof Secret) throw new Failure(`${name} is not wrapped`, 'See pxen secrets list.', 2);
    return openedWith(entry, name, place, keys).reveal();
  });
  return 0;
}
