import { chmod, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { nodeHttp } from './builtin.ts';
import { Failure, sentenceOf } from './fail.ts';

/** Where commands on host0 reach its boot server; the file's mode lets in nobody but root. */
export const CONTROL = '/run/pxen/host0.sock';

export interface ControlReply {
  readonly status: number;
  readonly body: string;
}
/** `by`: what the door knows of who asks; undefined where that is root of this machine. */
export type HandleControl = (method: string, path: string, body: string, by?: string) => Promise<ControlReply>;

/** Bytes of the longest request: two files of the largest size that a slot holds. */
const LONGEST = 4 * 2 ** 20;
/** Milliseconds that a stick may take over a wish. */
const PATIENCE = 120_000;

/** Serves on a unix socket until `signal` aborts. */
export async function serveControl(path: string, handle: HandleControl, signal: AbortSignal): Promise<void> {
  await rm(path, { force: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = nodeHttp().createServer((request, response) => {
    void textOf(request)
      .then((body) => handle(request.method ?? '', request.url ?? '', body))
      .catch((error: unknown) => ({ status: 400, body: sentenceOf(error) }))
      .then(({ status, body }) => response.writeHead(status).end(body));
  });
  server.once('error', reject).listen(path, resolve);
  signal.addEventListener('abort', () => server.close(), { once: true });
  await promise;
  await chmod(path, 0o600);
}

/** Throws a Failure where nobody answers. */
export async function askControl(path: string, method: string, url: string, body?: string): Promise<ControlReply> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = nodeHttp().request({ socketPath: path, method, path: url, timeout: PATIENCE });
  request.on('response', resolve);
  request.on('timeout', () => request.destroy(new Error('no answer in time')));
  request.on('error', (cause) => {
    const sentence = `the boot server of this host does not answer: ${cause.message}`;
    reject(new Failure(sentence, 'systemctl status pxen-host0 tells why.', 1, cause));
  });
  request.end(body);
  const response = await promise;
  return { status: response.statusCode ?? 0, body: await textOf(response) };
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream) {
    // Without an encoding a stream gives nothing else.
    parts.push(part as Buffer);
    length += (part as Buffer).length;
    if (length > LONGEST) throw new Failure('that is too long', 'Make cluster.yaml shorter.');
  }
  return Buffer.concat(parts).toString('utf8');
}
