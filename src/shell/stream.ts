import { createServer, type Server, type Socket } from 'node:net';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { Failure } from './fail.ts';
import { portInUse } from './portHolder.ts';

/** What one TCP client says and hears: it is given what came, and gives what is to be sent. Throwing ends the connection. */
export type Conversation = (bytes: Uint8Array) => Promise<readonly Uint8Array[]>;

export interface StreamOptions {
  readonly address: Ipv4;
  readonly port: number;
  /** Milliseconds of silence after which a connection is ended. */
  readonly idle: number;
  /** Connections at once; further ones are ended at once. */
  readonly most: number;
  readonly begin: (from: Ipv4) => Conversation;
}

export interface StreamServer {
  readonly port: number;
  close(): Promise<void>;
}

export type ServeStream = (options: StreamOptions) => Promise<StreamServer>;

/** Serves TCP on one address. */
export const serveStream: ServeStream = async (options) => {
  const server = createServer((socket) => void converse(socket, options));
  server.maxConnections = options.most;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, options);
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : options.port,
    close: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
      await promise;
    },
  };
};

async function listen(server: Server, { address, port }: StreamOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen({ host: address, port }, resolve);
  try {
    await promise;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw await portInUse('tcp', port, address, error);
    const remedy = 'Ports below 1024 need root, or the capability CAP_NET_BIND_SERVICE.';
    throw new Failure(`TCP port ${port} of ${address} cannot be opened: ${code ?? message}`, remedy, 1, error);
  }
}

/** One piece after the other: what comes meanwhile waits in the kernel, and so bounds itself. */
async function converse(socket: Socket, { idle, begin }: StreamOptions): Promise<void> {
  // A client that goes away is no news.
  socket.on('error', () => socket.destroy());
  socket.setTimeout(idle, () => socket.destroy());
  const conversation = begin((socket.remoteAddress ?? '').replace('::ffff:', '') as Ipv4);
  try {
    for await (const piece of socket as AsyncIterable<Buffer>) {
      for (const out of await conversation(piece)) socket.write(out);
    }
    socket.end();
  } catch {
    socket.destroy();
  }
}
