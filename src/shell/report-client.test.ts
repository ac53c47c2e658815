import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { report } from '../../test/fixtures/cluster.ts';
import { Failure } from './fail.ts';
import { reportClient } from './report-client.ts';

const folder = await mkdtemp(join(tmpdir(), 'pxen-client-'));
after(() => rm(folder, { recursive: true }));

/** A client of a server on loopback that answers by `listener`, for as long as `use` takes. */
async function withServer(listener: RequestListener, use: (client: ReturnType<typeof reportClient>) => Promise<void>) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    await use(reportClient(`127.0.0.1:${(server.address() as AddressInfo).port}`, async () => undefined));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const answering =
  (status: number, body: string): RequestListener =>
  (_request, response) =>
    void response.writeHead(status).end(body);

test('a report is posted as JSON and its reply read', async () => {
  let got = '';
  const listener: RequestListener = (request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => (got += text));
    request.on('end', () => response.end('{"schema":"pxen.report-reply/1","plan":3,"steps":[],"again":5000}'));
  };
  await withServer(listener, async (client) => {
    assert.deepEqual(await client.report(report(1)), {
      schema: 'pxen.report-reply/1',
      plan: 3,
      steps: [],
      again: 5000,
    });
  });
  assert.deepEqual(JSON.parse(got), report(1));
});

test('what is no reply, a refusal and a server that is away are failures with a sentence', async () => {
  for (const [listener, said] of [
    [answering(200, '{}'), /is no reply to a report/],
    [answering(200, 'x'), /is no reply to a report/],
    [answering(400, '{"error":"no"}'), /answered 400: \{"error":"no"\}/],
    [(_request, response) => void response.destroy(), /socket hang up/],
  ] as const satisfies readonly (readonly [RequestListener, RegExp])[]) {
    await withServer(listener, async (client) => {
      await assert.rejects(
        client.report(report(1)),
        (error: Failure) => error instanceof Failure && said.test(error.message),
      );
    });
  }
});

test('a file appears only when it is whole and right', async () => {
  const text = 'a kernel'.repeat(10_000);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const file = join(folder, 'deep', 'kernel');
  await withServer(answering(200, text), async (client) => {
    await client.fetch('/boot/k', sha256, file);
    assert.equal(await readFile(file, 'utf8'), text);
    await assert.rejects(client.fetch('/boot/k', '00', join(folder, 'wrong', 'kernel')), /is damaged/);
  });
  assert.deepEqual(await readdir(join(folder, 'wrong')), []);
  await withServer(answering(404, 'no such file'), async (client) => {
    await assert.rejects(client.fetch('/boot/k', sha256, join(folder, 'x')), /answered 404: no such file/);
  });
  const cut: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-length': text.length }).write(text.slice(0, 1000));
    setImmediate(() => response.destroy());
  };
  await withServer(cut, async (client) => {
    await assert.rejects(client.fetch('/boot/k', sha256, join(folder, 'cut')));
  });
});
