import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { fakeFiles } from './fake/files.ts';
import { serveHttp, type HttpLimits } from './http.ts';

/** HTTP as odd, slow and hostile clients speak it, byte by byte. */

const BIG = new Uint8Array(64 * 2 ** 20).fill(7);
const PARTS = [{ kind: 'file' as const, path: 'big', from: 0, to: BIG.length }];

async function serve(context: TestContext, limits: Partial<HttpLimits> = {}) {
  const told: boolean[] = [];
  const server = await serveHttp({
    address: '127.0.0.1' as Ipv4,
    port: 0,
    files: fakeFiles(new Map([['big', BIG]])),
    limits,
    broken: () => undefined,
    handler: async ({ path }) =>
      path === '/big'
        ? {
            kind: 'entity',
            entity: { type: 'x/y', tag: '"t"', parts: PARTS },
            sent: (_bytes, whole) => told.push(whole),
          }
        : { kind: 'text', status: 200, type: 'text/plain', body: path },
  });
  context.after(() => server.close());
  return { server, told };
}

/** All that the server says until it ends the connection. */
async function say(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(text, 'latin1');
  return heard(socket);
}

async function heard(socket: Socket): Promise<string> {
  let all = '';
  socket.on('data', (bytes: Buffer) => (all += bytes.toString('latin1')));
  await once(socket, 'close');
  return all;
}

test('H9: HTTP/1.0 gets its answer with a length and the end of the connection', async (context) => {
  const { server } = await serve(context);
  const answer = await say(server.port, 'GET /a HTTP/1.0\r\n\r\n');
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(answer, /\r\nContent-Length: 2\r\n/);
  assert.match(answer, /\r\nConnection: close\r\n/);
  assert.ok(answer.endsWith('\r\n\r\n/a'));
  assert.doesNotMatch(answer, /chunked/i);
});

test('H9: one connection serves request after request until the client says that it is the last', async (context) => {
  const { server } = await serve(context);
  const requests = ['GET /a HTTP/1.1\r\nHost: x\r\n\r\n', 'HEAD /b HTTP/1.1\r\nHost: x\r\n\r\n'];
  const last = 'GET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const answer = await say(server.port, requests.join('') + last);
  assert.equal(answer.match(/HTTP\/1\.1 200 OK/g)?.length, 3);
  assert.ok(answer.endsWith('\r\n\r\n/c'));
});

test('H11: the Host header may name a port, an address, anything or be absent', async (context) => {
  const { server } = await serve(context);
  for (const host of ['Host: 10.1.2.1:8080\r\n', 'Host: [fe80::1]:80\r\n', '']) {
    const answer = await say(server.port, `GET /a HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/, host);
  }
});

test('malformed requests are refused, and harm nobody', async (context) => {
  const { server } = await serve(context);
  for (const [text, status] of [
    ['\0\u0001\u0002\u0003', 400],
    ['GET\r\n\r\n', 400],
    ['GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n', 400],
    ['GET /a HTTP/9.9\r\n\r\n', 400],
    [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    [`GET /a HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['PUT /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405],
  ] as const) {
    assert.match(await say(server.port, text), new RegExp(`^HTTP/1\\.1 ${status} `), JSON.stringify(text.slice(0, 40)));
  }
  assert.equal((await fetch(`http://127.0.0.1:${server.port}/a`)).status, 200);
});

test('a request that never ends is ended', async (context) => {
  const { server } = await serve(context, { head: 200, request: 400 });
  assert.match(await say(server.port, 'GET /a HTTP/1.1\r\nHost:'), /^(HTTP\/1\.1 408 |$)/);
  assert.match(await say(server.port, ''), /^(HTTP\/1\.1 408 |$)/);
});

test('a client that stops reading makes us keep little, and is given up', async (context) => {
  const { server, told } = await serve(context, { still: 300 });
  const before = process.memoryUsage();
  const clients = Array.from({ length: 8 }, () => {
    const socket = connect(server.port, '127.0.0.1').pause();
    socket.on('error', () => undefined);
    socket.write('GET /big HTTP/1.1\r\nHost: x\r\n\r\n');
    return socket;
  });
  // On a busy machine the first one may be given up before the last one has begun.
  while (server.counts.sending + told.length < 8) await new Promise((resolve) => setTimeout(resolve, 10));
  const { external } = process.memoryUsage();
  assert.ok(external - before.external < 16 * 2 ** 20, `${external - before.external} bytes more`);
  while (server.counts.sending > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(
    told,
    Array.from({ length: 8 }, () => false),
  );
  assert.equal(server.counts.brokeOff, 8);
  for (const socket of clients) socket.destroy();
});

test('one address cannot take all connections', async (context) => {
  const { server } = await serve(context, { connectionsEach: 3 });
  const sockets = Array.from({ length: 5 }, () => connect(server.port, '127.0.0.1').on('error', () => undefined));
  while (sockets.filter(({ closed }) => closed).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(server.counts.connections, 3);
  for (const socket of sockets) socket.destroy();
  while (server.counts.connections > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal((await fetch(`http://127.0.0.1:${server.port}/a`)).status, 200);
});

test('many clients at once are all served', async (context) => {
  const { server } = await serve(context);
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => (await fetch(`http://127.0.0.1:${server.port}/${index}`)).text()),
  );
  assert.deepEqual(
    answers,
    Array.from({ length: 200 }, (_, index) => `/${index}`),
  );
  assert.equal(server.counts.answers.get(200), 200);
});
