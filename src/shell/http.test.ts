import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { fakeFiles } from './fake/files.ts';
import { serveHttp, type HttpHandler } from './http.ts';

const BIG = new Uint8Array(8 * 2 ** 20).fill(7);
const LOOPBACK = '127.0.0.1' as Ipv4;

async function serve(context: TestContext, handler: HttpHandler) {
  const broken: unknown[] = [];
  const files = fakeFiles(new Map([['big', BIG]]), new Set(['bad']));
  const server = await serveHttp({ address: LOOPBACK, port: 0, files, handler, broken: (error) => broken.push(error) });
  context.after(() => server.close());
  return { url: `http://127.0.0.1:${server.port}`, port: server.port, broken };
}

const big = (path: string, sent?: (bytes: number, complete: boolean) => void) => ({
  kind: 'entity' as const,
  entity: { type: 'x/y', tag: '"t"', parts: [{ kind: 'file' as const, path, from: 0, to: BIG.length }] },
  ...(sent === undefined ? {} : { sent }),
});

test('GET, HEAD and ranges of a file, with exact lengths', async (context) => {
  const told: [number, boolean][] = [];
  const { url } = await serve(context, async () => big('big', (bytes, complete) => told.push([bytes, complete])));
  const get = await fetch(`${url}/a`);
  assert.equal((await get.arrayBuffer()).byteLength, BIG.length);
  const head = await fetch(`${url}/a`, { method: 'HEAD' });
  assert.equal(head.headers.get('content-length'), String(BIG.length));
  const part = await fetch(`${url}/a`, { headers: { range: 'bytes=1-3' } });
  assert.deepEqual([part.status, (await part.arrayBuffer()).byteLength], [206, 3]);
  assert.equal((await fetch(`${url}/a`, { method: 'PUT' })).status, 405);
  assert.deepEqual(told, [[BIG.length, true]]);
});

test('a client that goes away is told apart from one that has it all', async (context) => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const { port } = await serve(context, async () => big('big', (_bytes, complete) => resolve(complete)));
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'data');
  socket.destroy();
  assert.equal(await promise, false);
});

test('a file that cannot be read ends the connection, never the body', async (context) => {
  const { url, broken } = await serve(context, async () => big('bad'));
  await assert.rejects(async () => (await fetch(`${url}/a`)).arrayBuffer());
  assert.equal(broken.length, 1);
});

test('a handler that throws gives 500, and the server goes on', async (context) => {
  const { url } = await serve(context, async ({ path }) => {
    if (path === '/x') throw new Error('no');
    return { kind: 'text', status: 200, type: 'text/plain', body: path };
  });
  assert.equal((await fetch(`${url}/x`)).status, 500);
  assert.equal(await (await fetch(`${url}/a%20b?c=d`)).text(), '/a b');
  assert.equal((await fetch(`${url}/%zz`)).status, 400);
});

test('a body arrives whole, and one that is too large is refused', async (context) => {
  const { url } = await serve(context, async (request) => {
    const body = await request.body();
    return { kind: 'text', status: 200, type: 'text/plain', body: String(body.length) };
  });
  const post = (size: number) => fetch(url, { method: 'POST', body: new Uint8Array(size) });
  assert.equal(await (await post(100_000)).text(), '100000');
  const large = await post(9 * 2 ** 20).then(
    (reply) => reply.status,
    () => 500,
  );
  assert.equal(large, 500);
});
