import { Secret } from '../core/secrets/secret.ts';
import { unwrap, lockId, type Wrapped } from '../core/secrets/wrapped.ts';
import { Failure } from '../shell/fail.ts';
import { cipher } from '../shell/wrapping.ts';
import type { Call } from './call.ts';
import { keysOf } from './passphrase.ts';
import { clusterName, secretsAt, type SecretsPlace } from './secretsFile.ts';
import { entryNamed, nameIn } from './secretsNamed.ts';

/** `pxen secrets show NAME`: how it is kept and where it is used; its value only with `--reveal`. */
export async function run(call: Call): Promise<number> {
  const name = nameIn(call, 'pxen secrets show NAME');
  const place = await secretsAt(call);
  const entry = entryNamed(place, name);
  if (call.switches.has('reveal')) {
    process.stdout.write(`${(await openedBy(entry, name, place, call)).reveal()}\n`);
    return 0;
  }
  const kept = entry instanceof Secret ? 'plain' : 'wrapped';
  const usedBy = place.references.filter((one) => one.name === name).map(({ path }) => path.slice(0, -1).join('.'));
  const shown = { schema: 'pxen.secret/1', file: place.file, name, kept, usedBy, value: new Secret('') };
  const text = `${name} is kept ${kept}, used by ${usedBy.join(', ') || 'nothing'}; --reveal shows it\n`;
  process.stdout.write(call.switches.has('json') ? `${JSON.stringify(shown, undefined, 2)}\n` : text);
  return 0;
}

/** The value of an entry, for which the passphrase is asked where it is wrapped. */
async function openedBy(entry: Secret | Wrapped, name: string, place: SecretsPlace, call: Call): Promise<Secret> {
  if (entry instanceof Secret) return entry;
  const keys = await keysOf(new Map([[name, entry]]), call);
  return openedWith(entry, name, place, keys);
}

/** Throws Failure where none of the keys opens it. */
export function openedWith(
  entry: Wrapped,
  name: string,
  place: SecretsPlace,
  keys: ReadonlyMap<string, Uint8Array>,
): Secret {
  const key = keys.get(lockId(entry.lock));
  if (key === undefined) throw new Failure(`${name} has another passphrase`, 'Name it alone, and give that one.', 2);
  const cluster = clusterName(place);
  const value = unwrap(entry, { cluster, name }, key, cipher);
  if (value !== undefined) return value;
  const what = `${name} was wrapped under another name or for another cluster than ${cluster}`;
  throw new Failure(what, 'Give it its old name back, or set it anew.', 2);
}
