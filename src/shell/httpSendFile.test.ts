import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { diskFiles } from './files.ts';
import { serveHttp } from './http.ts';
import { freeThread } from './sending/threads.ts';

/** Larger than what lies between two sockets, so that connections come to be full. */
const SIZE = 24 * 2 ** 20 + 12_345;
const RAM = '/dev/shm';
const needsRam = { skip: existsSync(RAM) ? false : `there is no ${RAM}` };

/** A server of one file that lies in RAM and is not held. */
async function serve(context: TestContext) {
  // Until there is one, Node sends.
  while (freeThread() === undefined) await still(10);
  const folder = await mkdtemp(join(RAM, 'pxen-test-'));
  const bytes = Buffer.alloc(
    SIZE,
    Uint8Array.from({ length: 65_521 }, (_, at) => (at * 31 + (at >> 8)) & 0xff),
  );
  await writeFile(join(folder, 'big'), bytes);
  const { promise: broken, resolve: breaks } = Promise.withResolvers<unknown>();
  const { promise: sent, resolve: ends } = Promise.withResolvers<readonly [number, boolean]>();
  const part = { kind: 'file', path: 'big', from: 0, to: SIZE } as const;
  const server = await serveHttp({
    address: '127.0.0.1' as Ipv4,
    port: 0,
    files: diskFiles(folder, { each: 0, together: 0 }),
    handler: async () => ({
      kind: 'entity',
      entity: { type: 'x/y', tag: '"t"', parts: [part] },
      sent: (count, complete) => ends([count, complete]),
    }),
    broken: breaks,
  });
  context.after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  return { server, bytes, path: join(folder, 'big'), broken, sent };
}

/** A connection that asks and does not read yet. */
async function asking(port: number, ...heads: readonly string[]): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').pause();
  await once(socket, 'connect');
  socket.write(heads.map((head) => `GET /big HTTP/1.1\r\nHost: x\r\n${head}\r\n`).join(''));
  return socket;
}

const still = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

test(
  'a file in RAM arrives whole, in ranges, and one request behind the other on one connection',
  needsRam,
  async (context) => {
    const { server, bytes, sent } = await serve(context);
    const url = `http://127.0.0.1:${server.port}/big`;
    assert.ok(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(bytes));
    assert.deepEqual(await sent, [SIZE, true]);
    const range = await fetch(url, { headers: { range: `bytes=70000-${SIZE - 2}` } });
    assert.ok(Buffer.from(await range.arrayBuffer()).equals(bytes.subarray(70_000, SIZE - 1)));
    // A thread that sends tells how much after the client has it.
    while (server.counts.bytes < SIZE + SIZE - 70_001) await still(1);
    assert.equal(server.counts.bytes, SIZE + SIZE - 70_001);
  },
);

test(
  'requests that come before the answer is read get theirs in order, and a slow reader gets all',
  needsRam,
  async (context) => {
    const { server, bytes } = await serve(context);
    const socket = await asking(server.port, '', 'Range: bytes=5-3000004\r\n', 'Connection: close\r\n');
    await still(50);
    const pieces: Buffer[] = [];
    for await (const piece of socket as AsyncIterable<Buffer>) pieces.push(piece);
    let rest = Buffer.concat(pieces);
    for (const [from, to] of [[0, SIZE] as const, [5, 3_000_005] as const, [0, SIZE] as const]) {
      const begin = rest.indexOf('\r\n\r\n') + 4;
      assert.match(rest.subarray(0, begin).toString(), new RegExp(`Content-Length: ${to - from}\r\n`));
      assert.ok(rest.subarray(begin, begin + to - from).equals(bytes.subarray(from, to)));
      rest = rest.subarray(begin + to - from);
    }
    assert.equal(rest.length, 0);
  },
);

test('a client that goes away in the midst of a file is told apart', needsRam, async (context) => {
  const { server, sent } = await serve(context);
  const socket = await asking(server.port, '');
  await still(50);
  socket.destroy();
  assert.deepEqual(await sent, [SIZE, false]);
  assert.equal(server.counts.brokeOff, 1);
});

test('a file that becomes shorter while it is sent ends the connection, never the body', needsRam, async (context) => {
  const { server, path, broken } = await serve(context);
  const socket = await asking(server.port, '');
  await still(50);
  await truncate(path, 14 * 2 ** 20);
  let count = 0;
  socket.on('error', () => undefined);
  socket.on('data', (piece) => (count += piece.length)).resume();
  await once(socket, 'close');
  assert.match(String(await broken), /became shorter/);
  assert.ok(count < SIZE);
});
