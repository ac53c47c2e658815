import { join } from 'node:path';
import { wish } from '../core/api/wish.ts';
import { CLUSTER_FILE } from '../core/image/layout.ts';
import type { ControlReply, HandleControl } from '../shell/control.ts';
import { Failure } from '../shell/fail.ts';
import type { Wishes } from './wishes.ts';

/** What commands on host0 may ask of it (`src/core/api/wish.ts`), each answered with a status and a text. */
export function controlOf(wishes: () => Promise<Wishes>): HandleControl {
  return async (method, path, body) => {
    try {
      return await answer(await wishes(), method, path, body);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { message: sentence, remedy, exit } = error;
      return reply(409, { schema: 'pxen.refusal/1', sentence, remedy, exit });
    }
  };
}

async function answer(wishes: Wishes, method: string, path: string, body: string): Promise<ControlReply> {
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
  if (method !== 'POST' || path !== '/wish') return { status: 404, body: '' };
  return reply(200, { schema: 'pxen.wish-reply/1', safe: await wishes.wish(wish.parse(JSON.parse(body))) });
}

const reply = (status: number, value: unknown): ControlReply => ({ status, body: JSON.stringify(value) });

/** Where the socket of a host lies: beside its facts, so that a test on another machine has one of its own. */
export const controlAt = (facts: string): string => join(facts, '..', 'host0.sock');
