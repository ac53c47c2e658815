import { isPasswordHash } from '../cluster/accessValues.ts';
import type { Reference } from './references.ts';
import { isToken, MAKE_TOKEN, NO_TOKEN } from './token.ts';

/** A sentence that refuses, and what to do. Neither holds a value. */
export type Refused = readonly [sentence: string, remedy: string];

/** What stands against a plain value for what `cluster.yaml` names; undefined where it fits. The sentence goes on after *it is*. */
export function misfit({ name, kind }: Pick<Reference, 'name' | 'kind'>, value: string): Refused | undefined {
  if (kind === 'hash' && !isPasswordHash(value)) {
    return ['not the hash of a password', `Make one: pxen secrets hash | pxen secrets set ${name}.`];
  }
  return kind === 'token' && !isToken(value) ? [NO_TOKEN, MAKE_TOKEN(name)] : undefined;
}
