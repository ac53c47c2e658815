import { join } from 'node:path';
import { secretsWish, wish, type Safe } from '../core/api/wish.ts';
import { CLUSTER_FILE } from '../core/image/layout.ts';
import { jsonOrNone } from '../core/net/json.ts';
import type { SecretsFile } from '../core/secrets/read.ts';
import { Secret } from '../core/secrets/secret.ts';
import { writeWrapped } from '../core/secrets/wrapped.ts';
import type { ControlReply, HandleControl } from '../shell/control.ts';
import { Failure } from '../shell/fail.ts';
import type { SecretsWishes } from './secretsWishes.ts';
import type { Wishes } from './wishes.ts';

/** What commands change. */
export interface Commands {
  readonly wishes: Wishes;
  readonly secrets: SecretsWishes;
}

/**
 * What commands may ask of host0 (`src/core/api/wish.ts`), each answered with a status and a text. No answer holds a plain value of a
 * secret, whichever door it goes through.
 */
export function controlOf(commands: () => Promise<Commands>): HandleControl {
  return async (method, path, body, by) => {
    try {
      return await answer(await commands(), method, path, body, by);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { message: sentence, remedy, exit } = error;
      return reply(409, { schema: 'pxen.refusal/1', sentence, remedy, exit });
    }
  };
}

async function answer(
  { wishes, secrets }: Commands,
  method: string,
  path: string,
  body: string,
  by: string | undefined,
): Promise<ControlReply> {
  const [, name] = /^\/history\/(log\.txt|\d{1,9}\.yaml)$/.exec(path) ?? [];
  if (method === 'GET' && name !== undefined) {
    const text = await wishes.historyFile(name);
    return text === undefined ? { status: 404, body: '' } : { status: 200, body: text };
  }
  if (method === 'GET' && path === '/cluster.yaml') {
    const { name: file, text } = await wishes.current();
    return reply(200, { schema: 'pxen.cluster-file/1', name: file, text });
  }
  if (method === 'GET' && path === '/in-force') {
    return reply(200, { schema: 'pxen.cluster-file/1', name: CLUSTER_FILE, text: wishes.inForce() });
  }
  if (method === 'GET' && path === '/secrets') return reply(200, listOf(secrets.inForce()));
  if (method !== 'POST') return { status: 404, body: '' };
  if (path === '/wish') return safe(await wishes.wish(signed(asked(wish, body), by)));
  if (path === '/secrets-wish') return safe(await secrets.wish(signed(asked(secretsWish, body), by)));
  return { status: 404, body: '' };
}

/** What a body asks for. What is wrong with one is not quoted: it may hold a secret. */
function asked<T>(shape: { safeParse(value: unknown): { readonly data?: T | undefined } }, body: string): T {
  const { data } = shape.safeParse(jsonOrNone(body));
  if (data !== undefined) return data;
  throw new Failure('the boot server does not understand what it is asked', 'Use the pxen of its release.');
}

/** With what the door knows of who asks, beside what he says himself. */
const signed = <T extends { readonly who: string }>(one: T, by: string | undefined): T =>
  by === undefined ? one : { ...one, who: `${one.who.slice(0, 100)},${by}` };

const safe = (where: Safe): ControlReply => reply(200, { schema: 'pxen.wish-reply/1', safe: where });

const listOf = (file: SecretsFile) => ({
  schema: 'pxen.secrets-list/1',
  secrets: [...file].map(([name, entry]) => ({
    name,
    wrapped: entry instanceof Secret ? null : writeWrapped(entry),
  })),
});

const reply = (status: number, value: unknown): ControlReply => ({ status, body: JSON.stringify(value) });

/** Where the socket of a host lies: beside its facts, so that a test on another machine has one of its own. */
export const controlAt = (facts: string): string => join(facts, '..', 'host0.sock');
