import type { Safe } from '../core/api/wish.ts';
import { unfit, type SecretChange } from '../core/secrets/change.ts';
import { Secret } from '../core/secrets/secret.ts';
import { wrap, writeWrapped } from '../core/secrets/wrapped.ts';
import { Failure } from '../shell/fail.ts';
import { hidden } from '../shell/hidden.ts';
import { cipher } from '../shell/wrapping.ts';
import type { Call } from './call.ts';
import { lockFor } from './passphrase.ts';
import { clusterName, secretsAt, type SecretsPlace } from './secretsFile.ts';
import { nameIn } from './secretsNamed.ts';

/** `pxen secrets set NAME`: the value is typed, or comes by a pipe. One that was wrapped is wrapped again. */
export async function run(call: Call): Promise<number> {
  const name = nameIn(call, 'pxen secrets set NAME');
  const place = await secretsAt(call);
  const value = await valueOf(name);
  const why = unfit(name, value.reveal(), place.references);
  if (why !== undefined) throw new Failure(...why, 2);
  const before = place.secrets.get(name);
  const isWrapped = call.switches.has('wrap') || (before !== undefined && !(before instanceof Secret));
  const entry = isWrapped ? await wrapped(value, name, place, call) : value.reveal();
  const safe = await place.save([{ name, value: entry }], `secrets set ${name}`);
  tell(call, place.file, name, before === undefined ? 'set' : 'changed', safe);
  return 0;
}

async function valueOf(name: string): Promise<Secret> {
  const text = hidden.isTerminal ? await typedTwice(name) : await hidden.rest();
  if (text === '') throw new Failure(`nothing was given for ${name}`, 'Type it, or give it by a pipe.', 2);
  return new Secret(text);
}

async function typedTwice(name: string): Promise<string> {
  const first = await hidden.ask(`Value of ${name}: `);
  if ((await hidden.ask('Once more: ')) === first) return first;
  throw new Failure('the two values differ', 'Try again; nothing is changed.', 2);
}

async function wrapped(value: Secret, name: string, place: SecretsPlace, call: Call): Promise<SecretChange['value']> {
  const bound = { cluster: clusterName(place), name };
  return { wrapped: writeWrapped(wrap(value, bound, await lockFor(place.secrets, call), cipher)) };
}

/** What became of an entry, and where the change is safe (docs/rules.md, rule 3). */
export function tell({ switches }: Call, file: string, name: string, done: string, safe: Safe): void {
  const told = { schema: 'pxen.secret-change/1', file, name, done, safe };
  const text = `${name} is ${done}; the change is safe on ${safe}\n`;
  process.stdout.write(switches.has('json') ? `${JSON.stringify(told, undefined, 2)}\n` : text);
}
