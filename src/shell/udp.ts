import { createSocket, type Socket } from 'node:dgram';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { Failure } from './fail.ts';
import { portInUse } from './portHolder.ts';

export interface Endpoint {
  readonly address: Ipv4;
  readonly port: number;
}

/** One UDP port. What arrives while nobody receives is lost, as the network may lose it. */
export interface UdpPort {
  readonly port: number;
  /** Sends and forgets; `failed` is told of what the system refuses. */
  send(bytes: Uint8Array, to: Endpoint, failed?: (error: Error) => void): void;
  /** What the handler is given is there only until it returns. */
  receive(handler: (bytes: Uint8Array, from: Endpoint) => void): void;
  close(): void;
}

export interface UdpOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** Hears and speaks on this interface only, broadcasts included. */
  readonly interface?: string;
  /** Source address; every one where absent. Not together with `interface`: such a port would hear no broadcast. */
  readonly address?: Ipv4;
}

export type OpenUdp = (options: UdpOptions) => Promise<UdpPort>;

/** Opens a port of this machine. */
export const openUdp: OpenUdp = async (options) => {
  const socket = createSocket({ type: 'udp4', lookup: (host, _options, done) => done(null, host, 4) });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('error', reject).once('listening', resolve);
  try {
    const fd = await bind(socket, options);
    await promise;
    // An ICMP error of an earlier datagram comes up here; UDP goes on after it.
    socket.removeAllListeners('error').on('error', () => undefined);
    if (fd !== undefined) return (await import('./udp-batch.ts')).batchedPort(fd, socket);
  } catch (error) {
    socket.close();
    throw await cannotOpen(options, error as NodeJS.ErrnoException);
  }
  return portOf(socket);
};

/** The descriptor, where the socket was made here. */
async function bind(socket: Socket, options: UdpOptions): Promise<number | undefined> {
  if (options.interface === undefined) {
    socket.bind({ port: options.port, ...(options.address === undefined ? {} : { address: options.address }) });
    return undefined;
  }
  const { socketOnInterface } = await import('./udp-interface.ts');
  const fd = socketOnInterface(options.interface, options.port);
  socket.bind({ fd });
  return fd;
}

function portOf(socket: Socket): UdpPort {
  const { port } = socket.address();
  return {
    port,
    send: (bytes, to, failed) =>
      socket.send(bytes, to.port, to.address, (error) => (error === null ? undefined : failed?.(error))),
    receive: (handler) => {
      socket.on('message', (bytes, from) => handler(bytes, { address: from.address as Ipv4, port: from.port }));
    },
    close: () => void socket.close(),
  };
}

async function cannotOpen(options: UdpOptions, error: NodeJS.ErrnoException): Promise<Failure> {
  const where = options.interface ?? options.address ?? 'this machine';
  if (error.code === 'EADDRINUSE') return portInUse('udp', options.port, where, error);
  if (error instanceof Failure) return error;
  return new Failure(
    `UDP port ${options.port} of ${where} cannot be opened: ${error.code ?? error.message}`,
    'Ports below 1024 need root, or the capability CAP_NET_BIND_SERVICE.',
    1,
    error,
  );
}
