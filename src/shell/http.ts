import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { entityReply, type Conditions, type Entity } from '../core/boot/http-reply.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { nodeHttp, nodeHttps } from './builtin.ts';
import { Failure } from './fail.ts';
import type { Files } from './files.ts';
import { sendReply, sendText } from './httpSend.ts';
import { portInUse } from './portHolder.ts';
import { tellDistrust, TLS_OPTIONS, type Distrusted, type TlsIdentity } from './tls.ts';

export interface HttpRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly from: Ipv4;
  /** Below 1024 only root of that machine has it. */
  readonly fromPort: number;
  /** The field Authorization. */
  readonly authorization?: string | undefined;
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

/** What a server has done since it began, and what it is doing. */
export interface HttpCounts {
  connections: number;
  /** Answers that are being sent. */
  sending: number;
  /** Bytes of bodies. */
  bytes: number;
  /** Answers that broke off. */
  brokeOff: number;
  /** Answers by status. */
  readonly answers: Map<number, number>;
}

export interface HttpServer {
  readonly port: number;
  readonly counts: HttpCounts;
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
  /** Serves HTTPS with this certificate. */
  readonly tls?: TlsIdentity;
  readonly distrusted?: Distrusted;
  readonly limits?: Partial<HttpLimits>;
}

/** What a client may take. Milliseconds, bytes, connections. */
export interface HttpLimits {
  /** iPXE keeps one connection through a boot and thinks between two files. */
  readonly keepAlive: number;
  /** The head of a request, from its first byte or the connection's beginning on: firmware sends it as one packet. */
  readonly head: number;
  /** All of a request. */
  readonly request: number;
  /** A connection on which nothing moves, in the midst of an answer too. Firmware that writes to flash does so for less. */
  readonly still: number;
  readonly connections: number;
  /** Of one address: a browser takes six, a machine that boots one or two, and many may sit behind one relay. */
  readonly connectionsEach: number;
  readonly headBytes: number;
}

const LIMITS: HttpLimits = {
  keepAlive: 60_000,
  head: 30_000,
  request: 300_000,
  still: 300_000,
  connections: 4096,
  connectionsEach: 512,
  headBytes: 16 * 1024,
};
const LARGEST_BODY = 8 * 2 ** 20;

export type ServeHttp = (options: HttpOptions) => Promise<HttpServer>;

/** Serves HTTP/1.1 on one address. */
export const serveHttp: ServeHttp = async (options) => {
  const limits = { ...LIMITS, ...options.limits };
  const counts: HttpCounts = { connections: 0, sending: 0, bytes: 0, brokeOff: 0, answers: new Map() };
  const server = makeServer(options, limits, (message, response) => {
    serveOne(message, response, options, counts).catch((error: unknown) => giveUp(response, error, options));
  });
  // Long before the system says that it has no more files.
  server.maxConnections = limits.connections;
  server.setTimeout(limits.still);
  limitEach(server, limits, counts);
  tellDistrust(server, options.distrusted);
  await listen(server, options);
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : options.port,
    counts,
    close: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeAllConnections();
      await promise;
    },
  };
};

type Listener = (message: IncomingMessage, response: ServerResponse) => void;

function makeServer({ tls }: HttpOptions, limits: HttpLimits, listener: Listener): Server {
  const settings = {
    keepAliveTimeout: limits.keepAlive,
    headersTimeout: limits.head,
    requestTimeout: limits.request,
    connectionsCheckingInterval: Math.min(limits.head, 5000),
    maxHeaderSize: limits.headBytes,
    // Firmware that forgets the Host header is understood all the same: there is one host here.
    requireHostHeader: false,
  };
  return tls === undefined
    ? nodeHttp().createServer(settings, listener)
    : nodeHttps().createServer({ ...settings, ...TLS_OPTIONS, ...tls }, listener);
}

/** One address that opens connection after connection must not take them all. */
function limitEach(server: Server, { connectionsEach }: HttpLimits, counts: HttpCounts): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const from = socket.remoteAddress ?? '';
    const count = (open.get(from) ?? 0) + 1;
    if (count > connectionsEach) return socket.destroy();
    open.set(from, count);
    counts.connections += 1;
    socket.once('close', () => {
      counts.connections -= 1;
      const left = (open.get(from) ?? 1) - 1;
      if (left === 0) open.delete(from);
      else open.set(from, left);
    });
  });
}

async function listen(server: Server, { address, port }: HttpOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen({ host: address, port }, resolve);
  try {
    await promise;
  } catch (error) {
    throw await cannotListen(address, port, error as NodeJS.ErrnoException);
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'Give the interface this address first (`ip addr`).',
  EACCES: 'Run as root, or give the program the capability CAP_NET_BIND_SERVICE.',
};

async function cannotListen(address: Ipv4, port: number, error: NodeJS.ErrnoException): Promise<Failure> {
  if (error.code === 'EADDRINUSE') return portInUse('tcp', port, address, error);
  const remedy = REMEDIES[error.code ?? ''] ?? 'See the reason above.';
  return new Failure(
    `TCP port ${port} of ${address} cannot be opened: ${error.code ?? error.message}`,
    remedy,
    1,
    error,
  );
}

async function serveOne(
  message: IncomingMessage,
  response: ServerResponse,
  options: HttpOptions,
  counts: HttpCounts,
): Promise<void> {
  response.once('finish', () => {
    counts.answers.set(response.statusCode, (counts.answers.get(response.statusCode) ?? 0) + 1);
  });
  const request = requestOf(message);
  if (request === undefined) return sendText(response, message, { status: 400, type: 'text/plain', body: 'bad URL\n' });
  const answer = await options.handler(request);
  if (answer.kind === 'text') return sendText(response, message, answer);
  if (message.method !== 'GET' && message.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return sendText(response, message, { status: 405, type: 'text/plain', body: 'only GET and HEAD\n' });
  }
  const reply = entityReply(answer.entity, conditionsOf(message));
  const complete = await sendReply(message, response, reply, options.files, counts);
  if (!complete) counts.brokeOff += 1;
  if (message.method === 'GET' && reply.status === 200) answer.sent?.(reply.length, complete);
}

function conditionsOf({ headers }: IncomingMessage): Conditions {
  const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch, 'if-modified-since': ifModifiedSince } = headers;
  return { range, ifRange: Array.isArray(ifRange) ? ifRange[0] : ifRange, ifNoneMatch, ifModifiedSince };
}

function requestOf(message: IncomingMessage): HttpRequest | undefined {
  const [path = '', query = ''] = (message.url ?? '').split('?', 2);
  try {
    return {
      method: message.method ?? '',
      path: decodeURIComponent(path),
      query: new Map(new URLSearchParams(query)),
      from: (message.socket.remoteAddress ?? '').replace('::ffff:', '') as Ipv4,
      fromPort: message.socket.remotePort ?? 0,
      authorization: message.headers.authorization,
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

function giveUp(response: ServerResponse, error: unknown, options: HttpOptions): void {
  options.broken(error);
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { 'Content-Length': 0 }).end();
}
