import koffi from 'koffi';
import { ipv4Bytes } from '../core/net/ipv4.ts';
import type { Endpoint } from './udp.ts';

/** What UDP asks of libc beside Node: numbers of Linux, the same on x86-64 and ARM64. */
export interface DatagramLibc {
  sendto(fd: number, bytes: Uint8Array, length: number, flags: number, to: Uint8Array, toLength: number): number;
  /** `vector`: an array of struct mmsghdr. Gives how many of them were filled. */
  recvmmsg(fd: number, vector: Uint8Array, count: number, flags: number, timeout: null): number;
  /** Gives how many went out; where it is less than all, the next call says why. */
  sendmmsg(fd: number, vector: Uint8Array, count: number, flags: number): number;
  errno(): number;
}

/** Levels and names of setsockopt(2), from <asm-generic/socket.h> and <linux/udp.h>. */
export const SO = {
  socket: 1,
  reusePort: 15,
  receiveTimeout: 20,
  sendBufferForce: 32,
  receiveBufferForce: 33,
  /** SO_ATTACH_REUSEPORT_CBPF */
  filterReused: 51,
  udp: 17,
  segment: 103,
} as const;
const AF_INET = 2;
/** For recvmmsg(2) and sendmmsg(2). */
export const MSG_DONTWAIT = 0x40;
/** For recvmmsg(2): waits for the first one only. */
export const MSG_WAITFORONE = 0x10000;

let loaded: DatagramLibc | undefined;

export function datagramLibc(): DatagramLibc {
  return (loaded ??= load());
}

function load(): DatagramLibc {
  const library = koffi.load('libc.so.6');
  return {
    sendto: library.func(
      'int64_t sendto(int, const void *, size_t, int, const void *, uint32_t)',
    ) as DatagramLibc['sendto'],
    recvmmsg: library.func('int recvmmsg(int, void *, unsigned int, int, void *)') as DatagramLibc['recvmmsg'],
    sendmmsg: library.func('int sendmmsg(int, void *, unsigned int, int)') as DatagramLibc['sendmmsg'],
    errno: () => koffi.errno(),
  };
}

/** struct sockaddr_in (ip(7)): the family in the machine's order, the rest in the network's. */
export function encodeAddress({ address, port }: Endpoint): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(ipv4Bytes(address), 4);
  return bytes;
}
