import type { SecretChange } from '../core/secrets/change.ts';
import { Secret } from '../core/secrets/secret.ts';
import { wrap, writeWrapped } from '../core/secrets/wrapped.ts';
import { Failure } from '../shell/fail.ts';
import { cipher } from '../shell/wrapping.ts';
import type { Call } from './call.ts';
import { lockFor } from './passphrase.ts';
import { clusterName, secretsAt, type SecretsPlace } from './secretsFile.ts';
import { entryNamed } from './secretsNamed.ts';
import { tell } from './secretsSet.ts';

/** `pxen secrets wrap [NAME...]`: all that is plain, or what is named, under one passphrase. */
export async function run(call: Call): Promise<number> {
  const place = await secretsAt(call);
  const plain = namesOr(call, place, (entry) => entry instanceof Secret);
  const lock = await lockFor(place.secrets, call);
  const cluster = clusterName(place);
  await changeAll(place, plain, call, 'wrap', (name, entry) => {
    if (!(entry instanceof Secret)) throw new Failure(`${name} is wrapped already`, 'See pxen secrets list.', 2);
    return { wrapped: writeWrapped(wrap(entry, { cluster, name }, lock, cipher)) };
  });
  return 0;
}

type Entry = ReturnType<typeof entryNamed>;

/** The names of the call, else all entries that `fits`; throws Failure where there is none. */
export function namesOr({ words }: Call, place: SecretsPlace, fits: (entry: Entry) => boolean): readonly string[] {
  if (words.length > 0) {
    for (const name of words) entryNamed(place, name);
    return [...new Set(words)];
  }
  const names = [...place.secrets].flatMap(([name, entry]) => (fits(entry) ? name : []));
  if (names.length > 0) return names;
  throw new Failure(`${place.file} has nothing to do that with`, 'See pxen secrets list.', 2);
}

/** Changes all entries at once, or none. */
export async function changeAll(
  place: SecretsPlace,
  names: readonly string[],
  call: Call,
  verb: 'wrap' | 'unwrap',
  changed: (name: string, entry: Entry) => SecretChange['value'],
): Promise<void> {
  const changes = names.map((name) => ({ name, value: changed(name, entryNamed(place, name)) }));
  const safe = await place.save(changes, `secrets ${verb} ${names.join(' ')}`);
  tell(call, place.file, names.join(', '), `${verb}ped`, safe);
}
