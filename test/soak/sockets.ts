import { once } from 'node:events';
import { connect } from 'node:net';
import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import { below, type Chance } from '../../src/shell/chance.ts';
import { fakeFiles } from '../../src/shell/fake/files.ts';
import { serveHttp, type HttpHandler, type HttpServer } from '../../src/shell/http.ts';
import { HTTP_SEEDS } from './corpus.ts';
import { Fallen } from './decoders.ts';
import { mutated } from './mutate.ts';

/** The real HTTP server on loopback before requests that are none. */

const LOOPBACK = '127.0.0.1' as Ipv4;
const PATIENCE = 10_000;

const handler: HttpHandler = async (request) => {
  const { length } = await request.body();
  return { kind: 'text', status: 200, type: 'text/plain', body: `${length}\n` };
};

/** How many of so many requests were answered with anything; every connection must end, and the server go on. */
export async function fuzzHttp(chance: Chance, rounds: number): Promise<number> {
  const broken: unknown[] = [];
  const files = fakeFiles(new Map());
  const options = { address: LOOPBACK, port: 0, files, handler, broken: (error: unknown) => void broken.push(error) };
  const server = await serveHttp(options);
  try {
    let answered = 0;
    for (let round = 0; round < rounds; round += 1) {
      const bytes = mutated(chance, HTTP_SEEDS);
      answered += (await said(server, bytes, below(chance, bytes.length + 1))).length > 0 ? 1 : 0;
    }
    const alive = await said(server, Buffer.from('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'), 9);
    if (!alive.startsWith('HTTP/1.1 200')) throw new Fallen('http', new Uint8Array(), `it says ${alive}`);
    return answered;
  } finally {
    await server.close();
  }
}

/** What comes back on a connection of its own, where the bytes come in two pieces and then the end. */
async function said({ port }: HttpServer, bytes: Uint8Array, cut: number): Promise<string> {
  const socket = connect({ host: LOOPBACK, port });
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  // A server may close on what it cannot read.
  socket.on('error', () => undefined);
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error('it neither answers nor closes')));
  const failed: unknown[] = [];
  socket.on('error', (error) => failed.push(error));
  socket.write(bytes.subarray(0, cut));
  socket.end(bytes.subarray(cut));
  await once(socket, 'close').catch(() => undefined);
  if (failed.some((error) => error instanceof Error && error.message.startsWith('it neither')))
    throw new Fallen('http', bytes, failed[0]);
  return Buffer.concat(parts).toString('latin1');
}
