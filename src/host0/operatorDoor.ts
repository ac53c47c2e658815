import { OPERATOR, type ServiceRequest, type ServiceResponse } from '../core/api/service.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { fromUtf8 } from '../core/net/text.ts';
import { Guesses } from '../core/secrets/guesses.ts';
import { secretOf, type Secrets } from '../core/secrets/secrets.ts';
import { isToken } from '../core/secrets/token.ts';
import type { Clock } from '../shell/clock.ts';
import type { Log } from '../shell/log.ts';
import { sameSecret } from '../shell/sameSecret.ts';
import { boundedLog, type BoundedLog } from './boundedLog.ts';
import type { Commands } from './control.ts';

export interface DoorDeps {
  readonly cluster: () => Cluster;
  readonly secrets: () => Secrets;
  readonly commands: () => Promise<Commands>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Answers what is asked below `OPERATOR`. */
export type OperatorDoor = (request: ServiceRequest) => Promise<ServiceResponse>;

type Refusal = readonly [status: number, why: string];

/** What root of host0 may ask over its socket, an operator may from elsewhere: over HTTPS and with the token that cluster.yaml names. */
export function operatorDoor({ commands, ...deps }: DoorDeps): OperatorDoor {
  const guesses = new Guesses();
  const bounded = boundedLog(deps.log, deps.clock);
  return async (request) => {
    const refusal = refusalOf(request, { ...deps, guesses, bounded });
    if (refusal !== undefined) return json(refusal[0], { schema: 'pxen.error/1', error: refusal[1] });
    // Most of this boot server's code, and asked for rarely.
    const { controlOf } = await import('./control.ts');
    const body = fromUtf8(request.body) ?? '';
    const path = request.path.slice(OPERATOR.length);
    const answer = await controlOf(commands)(request.method, path, body, `operator@${request.from}`);
    return { status: answer.status, type: 'application/json', body: answer.body };
  };
}

type Guarded = Omit<DoorDeps, 'commands'> & { readonly guesses: Guesses; readonly bounded: BoundedLog };

/** Why whoever asks is not let in. No sentence says anything of the token itself. */
function refusalOf(request: ServiceRequest, deps: Guarded): Refusal | undefined {
  const { from, secure, authorization } = request;
  if (!secure) {
    if (authorization !== undefined) deps.bounded.minutely('OPERATOR_PLAIN', from, { from });
    return [403, 'an operator asks over HTTPS only'];
  }
  const name = deps.cluster().access.operatorToken?.secret;
  if (name === undefined) return [403, 'cluster.yaml has no access.operatorToken: nothing is changed from elsewhere'];
  const entry = secretOf(deps.secrets(), name);
  const token = 'value' in entry ? entry.value.reveal() : '';
  if (!isToken(token)) return [403, "the operator's token is not to be had on host0: pxen status says why"];
  return whyWrong(request, token, deps);
}

function whyWrong({ from, authorization }: ServiceRequest, token: string, deps: Guarded): Refusal | undefined {
  const { guesses, bounded, clock } = deps;
  if (authorization === undefined) return [401, "give the operator's token"];
  const wait = guesses.wait(from, clock.now());
  if (wait > 0) return [429, `a wrong token came from this address: it is heard again in ${Math.ceil(wait / 1000)} s`];
  const given = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1] ?? '';
  if (sameSecret(given, token)) {
    guesses.right(from);
    return undefined;
  }
  const count = guesses.wrong(from, clock.now());
  bounded.minutely('OPERATOR_WRONG', from, { from, count });
  return [401, "this is not the operator's token"];
}

const json = (status: number, value: unknown): ServiceResponse => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
});
