import { keyringText } from '../core/secrets/keyring.ts';
import { Failure } from '../shell/fail.ts';
import { keepKeyring } from '../shell/keyring.ts';
import type { Call } from './call.ts';
import { keysOf } from './passphrase.ts';
import { secretsAt } from './secretsFile.ts';

/**
 * `pxen secrets unlock`: gives the boot server on this machine the key to what is wrapped, in RAM, until the machine ends or
 * `pxen secrets lock`. The passphrase itself is kept nowhere.
 */
export async function run(call: Call): Promise<number> {
  const place = await secretsAt(call);
  const wrapped = [...place.secrets.values()].filter((entry) => 'lock' in entry).length;
  if (wrapped === 0) throw new Failure(`nothing in ${place.file} is wrapped`, 'All of it is open already.', 2);
  const keys = await keysOf(place.secrets, call);
  const file = await keepKeyring(keyringText(keys));
  process.stdout.write(`${wrapped} wrapped secrets are open until this machine ends (${file}, in RAM)\n`);
  return 0;
}
