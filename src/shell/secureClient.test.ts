import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { report } from '../../test/fixtures/cluster.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { Failure } from './fail.ts';
import { reportClient } from './report-client.ts';
import { SecureClient } from './secureClient.ts';
import { openTls } from './tlsIdentity.ts';

/** The agent's way to its boot server, over real TLS on loopback. */

const folder = await mkdtemp(join(tmpdir(), 'pxen-secure-'));
const names = { addresses: ['127.0.0.1' as Ipv4], names: ['pxen.lab.internal'], cluster: 'lab' };
const [tls, other] = await Promise.all(['a', 'b'].map((name) => openTls(join(folder, name), names)));
const open = new Set<Server>();
after(async () => {
  // A test that failed has not ended its server.
  await Promise.all([...open].map(end));
  await rm(folder, { recursive: true, force: true });
});

const isRoot = process.getuid?.() === 0;

async function serving(
  listener: RequestListener,
  port = 0,
  host = '127.0.0.1',
): Promise<{ server: Server; port: number; count: () => number }> {
  let connections = 0;
  const server = createServer({ cert: tls?.cert, key: tls?.key }, listener);
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => void server.listen(port, host, resolve));
  open.add(server);
  return { server, port: (server.address() as AddressInfo).port, count: () => connections };
}

const end = (server: Server): Promise<void> => {
  open.delete(server);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
};

const knows = (cert: string | undefined) => async (): Promise<string | undefined> => cert;
const drained = async (response: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const piece of response) text += String(piece);
  return text;
};

test('reports go over TLS by one connection, which is made anew when the server begins anew', async () => {
  const answer: RequestListener = (_request, response) =>
    void response.end('{"schema":"pxen.report-reply/1","plan":3,"steps":[],"again":5000}');
  const first = await serving(answer);
  const client = reportClient('127.0.0.1', knows(tls?.authority), first.port);
  for (let round = 0; round < 3; round += 1) assert.equal((await client.report(report(1))).plan, 3);
  assert.equal(first.count(), 1);
  await end(first.server);
  await assert.rejects(client.report(report(1)), Failure);
  const second = await serving(answer, first.port);
  assert.equal((await client.report(report(1))).plan, 3);
  await end(second.server);
});

test('a server of another authority is refused with the remedy; nothing goes out plainly', async () => {
  const { server, port } = await serving((_request, response) => void response.end('{}'));
  const client = reportClient('127.0.0.1', knows(other?.authority), port);
  const failed = (error: unknown) =>
    error instanceof Failure &&
    error.message.startsWith('POST https://') &&
    error.remedy.includes('boot this host again');
  await assert.rejects(client.report(report(1)), failed);
  await end(server);
});

test('a server that is certified for another address is refused', async () => {
  const { server, port } = await serving((_request, response) => void response.end('{}'), 0, '127.0.0.2');
  const client = new SecureClient('127.0.0.2', knows(tls?.authority), port);
  await assert.rejects(client.ask({ method: 'GET', path: '/' }), /altnames/);
  await end(server);
});

test('where no authority came with the boot, there are no secrets', async () => {
  assert.equal(await reportClient('127.0.0.1', knows(undefined)).secrets(), undefined);
});

test(
  'secrets are asked for from a port of root, and a refusal is a sentence',
  { skip: !isRoot && 'not root' },
  async () => {
    const from: number[] = [];
    const { server, port } = await serving((request, response) => {
      from.push(request.socket.remotePort ?? 0);
      if (from.length === 1) response.writeHead(403).end('{"schema":"pxen.error/1","error":"not listed"}');
      else response.end('{"a":1}');
    });
    const client = reportClient('127.0.0.1', knows(tls?.authority), port);
    assert.deepEqual(await client.secrets(), { refused: 'not listed' });
    assert.deepEqual(await client.secrets(), { json: '{"a":1}' });
    assert.ok(
      from.every((one) => one >= 512 && one < 1024),
      String(from),
    );
    await end(server);
  },
);

test('an answer is read whole', async () => {
  const { server, port } = await serving((_request, response) => void response.end('x'.repeat(100_000)));
  const client = new SecureClient('127.0.0.1', knows(tls?.authority), port);
  assert.equal((await drained(await client.ask({ method: 'GET', path: '/' }))).length, 100_000);
  await end(server);
});
