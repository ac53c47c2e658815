import { EditError, type Value } from '../core/cluster/edit.ts';
import { isPasswordHash } from '../core/cluster/accessValues.ts';
import { withSecret } from '../core/secrets/edit.ts';
import { Secret } from '../core/secrets/secret.ts';
import { wrap, writeWrapped } from '../core/secrets/wrapped.ts';
import { Failure } from '../shell/fail.ts';
import { hidden } from '../shell/hidden.ts';
import { cipher } from '../shell/wrapping.ts';
import type { Call } from './call.ts';
import { lockFor } from './passphrase.ts';
import { clusterName, inRamOnly, saveSecrets, secretsAt, type SecretsPlace } from './secretsFile.ts';
import { nameIn } from './secretsNamed.ts';

/** `pxen secrets set NAME`: the value is typed, or comes by a pipe. One that was wrapped is wrapped again. */
export async function run(call: Call): Promise<number> {
  const name = nameIn(call, 'pxen secrets set NAME');
  const place = await secretsAt(call.values['file']);
  const value = await valueOf(name, place);
  const before = place.secrets.get(name);
  const isWrapped = call.switches.has('wrap') || (before !== undefined && !(before instanceof Secret));
  const entry = isWrapped ? await wrapped(value, name, place, call) : value.reveal();
  await saveSecrets(place, edited(place.text, name, entry), `secrets set ${name}`);
  tell(call, place.file, name, before === undefined ? 'set' : 'changed');
  return 0;
}

async function valueOf(name: string, { references }: SecretsPlace): Promise<Secret> {
  const text = hidden.isTerminal ? await typedTwice(name) : await hidden.rest();
  if (text === '') throw new Failure(`nothing was given for ${name}`, 'Type it, or give it by a pipe.', 2);
  const isHash = references.some((one) => one.name === name && one.kind === 'hash');
  if (isHash && !isPasswordHash(text)) {
    const what = `cluster.yaml wants the hash of a password as ${name}, and this is none`;
    throw new Failure(what, `Make one: pxen secrets hash | pxen secrets set ${name}.`, 2);
  }
  return new Secret(text);
}

async function typedTwice(name: string): Promise<string> {
  const first = await hidden.ask(`Value of ${name}: `);
  if ((await hidden.ask('Once more: ')) === first) return first;
  throw new Failure('the two values differ', 'Try again; nothing is changed.', 2);
}

async function wrapped(value: Secret, name: string, place: SecretsPlace, call: Call): Promise<Value> {
  const bound = { cluster: clusterName(place), name };
  return { wrapped: writeWrapped(wrap(value, bound, await lockFor(place.secrets, call), cipher)) };
}

/** The text with the entry, or without it. Throws Failure for a file that is written in a way that only a person can change. */
export function edited(text: string | undefined, name: string, entry: Value | undefined): string {
  try {
    return withSecret(text, name, entry);
  } catch (error) {
    if (error instanceof EditError) throw new Failure(error.message, 'Change it in your editor.', 1, error);
    throw error;
  }
}

/** What became of an entry. */
export function tell({ switches }: Call, file: string, name: string, done: string): void {
  const told = { schema: 'pxen.secret-change/1', file, name, done };
  process.stdout.write(switches.has('json') ? `${JSON.stringify(told, undefined, 2)}\n` : `${name} is ${done}\n`);
  const warning = inRamOnly(file);
  if (warning !== '') process.stderr.write(`warning: ${warning}\n`);
}
