import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Failure } from '../src/shell/fail.ts';
import { freePort, operatorArguments } from './operator.ts';

test('a port in use is refused with a sentence, a free one given', async (context) => {
  const server = createServer().listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await assert.rejects(freePort(port), (error) => {
    assert.ok(error instanceof Failure);
    return error.message.includes(String(port)) && error.remedy.includes('--port');
  });
  assert.ok((await freePort()) > 1023);
});

test('the way leads from 127.0.0.1 to the service address, and nowhere else', () => {
  const words = operatorArguments(8080, '/s').join(' ');
  assert.match(words, /restrict=on/);
  assert.match(words, /hostfwd=tcp:127.0.0.1:8080-10.123.45.1:80/);
});
