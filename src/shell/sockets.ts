import { ipv4Bytes } from '../core/net/ipv4.ts';
import { libc } from './systemCalls.ts';
import type { Endpoint } from './udp.ts';

/** Sockets of UDP beside Node's own: numbers of Linux, the same on x86-64 and ARM64. */

/** Levels and names of setsockopt(2), from <asm-generic/socket.h> and <linux/udp.h>. */
export const SO = {
  socket: 1,
  broadcast: 6,
  receiveBuffer: 8,
  reusePort: 15,
  receiveTimeout: 20,
  device: 25,
  sendBufferForce: 32,
  receiveBufferForce: 33,
  /** SO_ATTACH_REUSEPORT_CBPF */
  filterReused: 51,
  udp: 17,
  segment: 103,
} as const;
export const AF_INET = 2;
/** SOCK_DGRAM, and SOCK_CLOEXEC. */
const DATAGRAMS = 2 | 0o2000000;
const SOCK_NONBLOCK = 0o4000;
/** For all calls that send and receive: never waits. */
export const MSG_DONTWAIT = 0x40;
/** For recvmmsg(2): waits for the first one only. */
export const MSG_WAITFORONE = 0x10000;

/** Not bound yet; below 0 where the system refuses. */
export const udpSocket = (blocks: 'waits' | 'never waits'): number =>
  libc().socket(AF_INET, blocks === 'waits' ? DATAGRAMS : DATAGRAMS | SOCK_NONBLOCK, 0);

/** Whether the system took it; `value`: a number stands for an int. */
export function setOption(socket: number, option: number, value: number | Uint8Array): boolean {
  const bytes = typeof value === 'number' ? new Uint8Array(Int32Array.of(value).buffer) : value;
  return libc().setsockopt(socket, SO.socket, option, bytes, bytes.length) === 0;
}

/** A call that is to wait for something to come waits so many milliseconds at most (struct timeval: two words of 8 bytes). */
export const setLongestWait = (socket: number, milliseconds: number): boolean =>
  setOption(
    socket,
    SO.receiveTimeout,
    new Uint8Array(
      BigInt64Array.of(BigInt(Math.floor(milliseconds / 1000)), BigInt((milliseconds % 1000) * 1000)).buffer,
    ),
  );

/** Whether the system took it. */
export function bindTo(socket: number, endpoint: Endpoint): boolean {
  const name = encodeAddress(endpoint);
  return libc().bind(socket, name, name.length) === 0;
}

/** struct sockaddr_in (ip(7)): the family in the machine's order, the rest in the network's. */
export function encodeAddress({ address, port }: Endpoint): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(ipv4Bytes(address), 4);
  return bytes;
}
