import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Ipv4 } from '../../core/net/ipv4.ts';
import { negotiate, limitOf } from '../../core/tftp/negotiate.ts';
import { decodeTftp, encodeTftp, type TftpPacket } from '../../core/tftp/packet.ts';
import { openUdp, type Endpoint } from '../udp.ts';
import { carry, type Carried } from './carry.ts';
import type { Source } from './orders.ts';

/** Real threads and real sockets, on this machine. */

const HERE = '127.0.0.1' as Ipv4;
const BYTES = Uint8Array.from({ length: 70_001 }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
const IN_MEMORY: Source = { bytes: Uint8Array.from(BYTES) };
/** Milliseconds in which what must not come would have come. */
const WHILE = 30;

type Heard = { readonly packet: TftpPacket; readonly from: Endpoint };

/** A client that says only what a test says. */
async function clientOf(context: TestContext) {
  const port = await openUdp({ port: 0, address: HERE });
  context.after(() => port.close());
  const inbox: Heard[] = [];
  let wake = (): void => undefined;
  port.receive((bytes, from) => {
    inbox.push({ packet: decodeTftp(Uint8Array.from(bytes)), from });
    wake();
  });
  const next = async (): Promise<Heard> => {
    while (inbox.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return inbox.shift()!;
  };
  return {
    at: { address: HERE, port: port.port },
    inbox,
    next,
    say: (packet: TftpPacket, to: Endpoint) => port.send(encodeTftp(packet), to),
  };
}

type Client = Awaited<ReturnType<typeof clientOf>>;

/** Has the threads send to a client; waits until there are some. */
async function sendTo({ at }: Client, options: Record<string, string> = {}, source = IN_MEMORY): Promise<Carried> {
  const terms = negotiate(new Map(Object.entries(options)), BYTES.length, limitOf(1500));
  for (;;) {
    const carried = carry({ from: HERE, to: at, lasting: { size: BYTES.length, terms, rollover: 0 }, source });
    if (carried !== undefined) return carried;
    await pause(10);
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Fetches to the end, window by window; gives the bytes, and from where they came. */
async function fetchAll(client: Client, blksize: number, window: number): Promise<{ bytes: Buffer; from: Endpoint }> {
  const { from, packet } = await client.next();
  assert.equal(packet.kind, 'oack');
  client.say({ kind: 'ack', block: 0 }, from);
  const pieces: Uint8Array[] = [];
  for (let last = blksize; last === blksize;) {
    const { packet: data } = await client.next();
    assert.ok(data.kind === 'data' && data.block <= pieces.length + 1, 'one block after the other');
    // On a busy machine we are late, and it is repeated.
    if (data.block <= pieces.length) continue;
    pieces.push(data.bytes);
    last = data.bytes.length;
    if (last < blksize || pieces.length % window === 0) client.say({ kind: 'ack', block: pieces.length }, from);
  }
  return { bytes: Buffer.concat(pieces), from };
}

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
  const clients = await Promise.all(Array.from({ length: 40 }, () => clientOf(context)));
  const all = await Promise.all(
    clients.map(async (client) => {
      const { end } = await sendTo(client, { blksize: '512' });
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
  const second = await client.next();
  assert.notEqual(second.from.port, from.port);
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
  assert.equal((await client.next()).packet.kind, 'oack');
  assert.equal(carried.isUnanswered(), false);
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
  assert.equal(client.inbox.length, 0);
});
