import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Ipv4 } from '../../core/net/ipv4.ts';
import { BYTES, carriageTo, clientOf, fetchAll, IN_MEMORY, pause, sendTo } from '../../../test/fixtures/carrying.ts';
import { carry } from './carry.ts';

/** Milliseconds in which what must not come would have come. */
const WHILE = 30;

test('a file arrives whole, from memory or from a file in RAM, in lock-step and in windows', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'pxen-test-'));
  context.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'f'), BYTES);
  const descriptor = openSync(join(folder, 'f'), 'r');
  context.after(() => closeSync(descriptor));
  for (const source of [IN_MEMORY, { descriptor }]) {
    for (const window of [1, 16]) {
      const client = await clientOf(context);
      const { end } = await sendTo(client, { blksize: '1000', windowsize: String(window) }, source);
      const { bytes } = await fetchAll(client, 1000, window);
      assert.ok(bytes.equals(BYTES));
      const { phase, acked, why } = await end;
      assert.deepEqual([phase, acked, why], ['done', 71, undefined]);
    }
  }
});

test('many clients share a port, and each gets what it asked for', async (context) => {
  // An address of which there is no port yet: a client that happens to have the number of one before would be given another.
  const fresh = '127.0.0.2' as Ipv4;
  const clients = await Promise.all(Array.from({ length: 40 }, () => clientOf(context)));
  const all = await Promise.all(
    clients.map(async (client) => {
      const { end } = await sendTo(client, { blksize: '512' }, IN_MEMORY, fresh);
      const fetched = await fetchAll(client, 512, 1);
      assert.equal((await end).phase, 'done');
      return fetched;
    }),
  );
  assert.ok(all.every(({ bytes }) => bytes.equals(BYTES)));
  assert.equal(new Set(all.map(({ from }) => from.port)).size, 1);
});

test('a client that comes again is given another port, and its late ACKs are let pass', async (context) => {
  const client = await clientOf(context);
  const first = await sendTo(client);
  const { from } = await client.next();
  first.leaveOff('enough');
  assert.deepEqual(await first.end.then(({ phase, why }) => [phase, why]), ['failed', 'enough']);
  await sendTo(client);
  // On a busy machine the first one was repeated before it was left off.
  while ((await client.next()).from.port === from.port);
  client.say({ kind: 'ack', block: 1 }, from);
  await pause(WHILE);
  assert.ok(client.inbox.every(({ packet }) => packet.kind === 'data' && packet.block === 1));
});

test('a stranger is told so once, and an error of his is not answered', async (context) => {
  const [client, stranger] = [await clientOf(context), await clientOf(context)];
  const carried = await sendTo(client);
  const { from } = await client.next();
  stranger.say({ kind: 'error', code: 5, message: 'no' }, from);
  stranger.say({ kind: 'ack', block: 1 }, from);
  const { packet } = await stranger.next();
  assert.deepEqual([packet.kind, packet.kind === 'error' && packet.code], ['error', 5]);
  await pause(WHILE);
  assert.equal(stranger.inbox.length, 0);
  carried.leaveOff('enough');
  await carried.end;
});

test('what is not answered is repeated, which the program can see, and a request that comes again is answered', async (context) => {
  const client = await clientOf(context);
  const carried = await sendTo(client, { tsize: '0' });
  assert.equal(carried.isUnanswered(), false);
  assert.equal((await client.next()).packet.kind, 'oack');
  carried.again();
  assert.equal((await client.next()).packet.kind, 'oack');
  const { from } = await client.next();
  assert.equal(carried.isUnanswered(), true);
  client.say({ kind: 'error', code: 0, message: 'size known' }, from);
  const { why, isAborted } = await carried.end;
  assert.deepEqual([why, isAborted], ['the client ended it: size known', true]);
});

test('what is left off is silent at once', async (context) => {
  const client = await clientOf(context);
  const carried = await sendTo(client);
  const { from } = await client.next();
  carried.leaveOff('enough');
  carried.leaveOff('twice');
  client.say({ kind: 'ack', block: 1 }, from);
  await pause(WHILE);
  // On a busy machine it was repeated before.
  assert.ok(client.inbox.every(({ packet }) => packet.kind === 'data' && packet.block === 1));
});

test('a client that asks from one port again and again is not given ports without end', async (context) => {
  const client = await clientOf(context);
  let given = 0;
  for (; given < 100; given += 1) {
    const carried = carry(carriageTo(client));
    if (carried === undefined) break;
    carried.leaveOff('enough');
    await carried.end;
  }
  assert.ok(given > 0 && given < 100, `${given} were given`);
});
