import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import {
  entityReply,
  lengthOf,
  type Conditions,
  type Entity,
  type HttpReply,
  type Part,
} from '../core/boot/http-reply.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { nodeHttp } from './builtin.ts';
import { Failure } from './fail.ts';
import type { Files } from './files.ts';

export interface HttpRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly from: Ipv4;
  body(): Promise<Uint8Array>;
}

/** An answer made for this request, or an entity that HEAD, ranges and tags apply to. */
export type HttpAnswer =
  | { readonly kind: 'text'; readonly status: number; readonly type: string; readonly body: Uint8Array | string }
  | {
      readonly kind: 'entity';
      readonly entity: Entity;
      /** Told when a GET of the whole was sent, or broke off. */
      readonly sent?: (bytes: number, complete: boolean) => void;
    };

export type HttpHandler = (request: HttpRequest) => Promise<HttpAnswer>;

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface HttpOptions {
  readonly address: Ipv4;
  readonly port: number;
  /** Where the parts of entities are read from. */
  readonly files: Files;
  readonly handler: HttpHandler;
  /** Told of what a handler throws; the client gets 500. */
  readonly broken: (error: unknown) => void;
}

export type ServeHttp = (options: HttpOptions) => Promise<HttpServer>;

const LARGEST_BODY = 8 * 2 ** 20;
/** Milliseconds. iPXE keeps one connection through a boot and thinks between two files. */
const KEEP_ALIVE = 60_000;

/** Serves HTTP/1.1 on one address. */
export const serveHttp: ServeHttp = async (options) => {
  const server = nodeHttp().createServer({ keepAliveTimeout: KEEP_ALIVE, requestTimeout: 0 }, (message, response) => {
    serveOne(message, response, options).catch((error: unknown) => giveUp(response, error, options));
  });
  await listen(server, options);
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : options.port,
    close: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeAllConnections();
      await promise;
    },
  };
};

async function listen(server: Server, { address, port }: HttpOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen({ host: address, port }, resolve);
  try {
    await promise;
  } catch (error) {
    throw cannotListen(address, port, error as NodeJS.ErrnoException);
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'End the program that has it (`ss -ltnp` shows which), then try again.',
  EADDRNOTAVAIL: 'Give the interface this address first (`ip addr`).',
  EACCES: 'Run as root, or give the program the capability CAP_NET_BIND_SERVICE.',
};

function cannotListen(address: Ipv4, port: number, error: NodeJS.ErrnoException): Failure {
  const remedy = REMEDIES[error.code ?? ''] ?? 'See the reason above.';
  return new Failure(
    `TCP port ${port} of ${address} cannot be opened: ${error.code ?? error.message}`,
    remedy,
    1,
    error,
  );
}

async function serveOne(message: IncomingMessage, response: ServerResponse, options: HttpOptions): Promise<void> {
  const request = requestOf(message);
  if (request === undefined) return sendText(response, message, { status: 400, type: 'text/plain', body: 'bad URL\n' });
  const answer = await options.handler(request);
  if (answer.kind === 'text') return sendText(response, message, answer);
  if (message.method !== 'GET' && message.method !== 'HEAD') {
    return sendText(response, message, { status: 405, type: 'text/plain', body: 'only GET and HEAD\n' });
  }
  const reply = entityReply(answer.entity, conditionsOf(message));
  const complete = await sendReply(message, response, reply, options.files);
  if (message.method === 'GET' && reply.status === 200) answer.sent?.(reply.length, complete);
}

function conditionsOf({ headers }: IncomingMessage): Conditions {
  const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = headers;
  return { range, ifRange: Array.isArray(ifRange) ? ifRange[0] : ifRange, ifNoneMatch };
}

function requestOf(message: IncomingMessage): HttpRequest | undefined {
  const [path = '', query = ''] = (message.url ?? '').split('?', 2);
  try {
    return {
      method: message.method ?? '',
      path: decodeURIComponent(path),
      query: new Map(new URLSearchParams(query)),
      from: (message.socket.remoteAddress ?? '').replace('::ffff:', '') as Ipv4,
      body: () => readBody(message),
    };
  } catch {
    return undefined;
  }
}

async function readBody(message: IncomingMessage): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of message as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > LARGEST_BODY) throw new Failure('a request has a body of more than 8 MiB', 'Send less at once.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function sendText(
  response: ServerResponse,
  message: IncomingMessage,
  { status, type, body }: { status: number; type: string; body: Uint8Array | string },
): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': bytes.length });
  response.end(message.method === 'HEAD' ? undefined : bytes);
}

/** Whether all of it went out. */
async function sendReply(
  message: IncomingMessage,
  response: ServerResponse,
  reply: HttpReply,
  files: Files,
): Promise<boolean> {
  const length = reply.status === 304 ? {} : { 'Content-Length': reply.length };
  response.writeHead(reply.status, { ...reply.headers, ...length });
  const parts = message.method === 'GET' ? reply.parts : [];
  let flushed = 0;
  for await (const piece of pieces(parts, files)) {
    const isRoom = response.write(piece, (error) => (flushed += error ? 0 : piece.length));
    if (!isRoom) await eventOf(response, 'drain');
    if (response.destroyed) break;
  }
  // A client may close as soon as it has the last byte, before we have said that it was the last.
  if (!response.destroyed) await eventOf(response.end(), 'finish');
  return flushed === lengthOf(parts);
}

async function* pieces(parts: readonly Part[], files: Files): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part.kind === 'bytes') yield part.bytes;
    else yield* files.stream(part.path, part.from, part.to);
  }
}

/** Resolves at the event, or when the client goes away. */
async function eventOf(response: ServerResponse, name: 'drain' | 'finish'): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => resolve();
  response.once(name, done).once('close', done);
  await promise;
  response.off(name, done).off('close', done);
}

function giveUp(response: ServerResponse, error: unknown, options: HttpOptions): void {
  options.broken(error);
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { 'Content-Length': 0 }).end();
}
