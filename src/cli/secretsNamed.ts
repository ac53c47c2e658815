import { label } from '../core/cluster/scalars.ts';
import { absent } from '../core/secrets/change.ts';
import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import type { SecretsPlace } from './secretsFile.ts';

/** The name that a verb was given; throws Failure where it is none. */
export function nameIn({ words: [name, more] }: Call, usage: string): string {
  if (name === undefined) throw new Failure('which secret?', `Write ${usage}.`, 2);
  // A value in the call would stand in the shell's history and in the list of processes.
  if (more !== undefined) {
    throw new Failure('a value is never read from the call', 'Type it when you are asked, or give it by a pipe.', 2);
  }
  if (label.safeParse(name).success) return name;
  throw new Failure('this is no name of a secret', 'Write lower-case letters, digits and hyphens.', 2);
}

/** The entry of a name; throws Failure where there is none. */
export function entryNamed({ file, secrets }: SecretsPlace, name: string) {
  const entry = secrets.get(name);
  if (entry !== undefined) return entry;
  throw new Failure(...absent(name, secrets, file), 2);
}
