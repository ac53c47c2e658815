import koffi from 'koffi';
import { ipv4Bytes, type Ipv4 } from '../core/net/ipv4.ts';
import type { Endpoint } from './udp.ts';

/** What UDP asks of libc beside Node: numbers of Linux, the same on x86-64 and ARM64. */
export interface DatagramLibc {
  /** A socket that does not block, bound to some port of an address. Throws where the system refuses. */
  open(address: Ipv4 | undefined): number;
  /** Whether the option was taken. */
  set(fd: number, level: number, name: number, value: number): boolean;
  sendto(fd: number, bytes: Uint8Array, length: number, flags: number, to: Uint8Array, toLength: number): number;
  /** `vector`: an array of struct mmsghdr. Gives how many of them were filled. */
  recvmmsg(fd: number, vector: Uint8Array, count: number, flags: number, timeout: null): number;
  /** Gives how many went out; where it is less than all, the next call says why. */
  sendmmsg(fd: number, vector: Uint8Array, count: number, flags: number): number;
  ppoll(list: Uint8Array, count: number, timeout: Uint8Array, signals: null): number;
  errno(): number;
}

/** Levels and names of setsockopt(2), from <asm-generic/socket.h> and <linux/udp.h>. */
export const SO = { socket: 1, sendBufferForce: 32, receiveBufferForce: 33, udp: 17, segment: 103 } as const;
const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC_NONBLOCK = 2 | 0o2000000 | 0o4000;
/** For recvmmsg(2) and sendmmsg(2). */
export const MSG_DONTWAIT = 0x40;

let loaded: DatagramLibc | undefined;

export function datagramLibc(): DatagramLibc {
  return (loaded ??= load());
}

function load(): DatagramLibc {
  const library = koffi.load('libc.so.6');
  const socket = library.func('int socket(int, int, int)');
  const bind = library.func('int bind(int, const void *, uint32_t)');
  const setsockopt = library.func('int setsockopt(int, int, int, const void *, uint32_t)');
  const close = library.func('int close(int)');
  const value = Buffer.alloc(4);
  return {
    open(address) {
      const fd = Number(socket(AF_INET, SOCK_DGRAM_CLOEXEC_NONBLOCK, 0));
      if (fd >= 0 && bind(fd, encodeAddress({ address: address ?? ('0.0.0.0' as Ipv4), port: 0 }), 16) === 0) return fd;
      const errno = koffi.errno();
      if (fd >= 0) close(fd);
      throw new Error(`a UDP port of ${address ?? 'this machine'} cannot be opened: error ${errno}`);
    },
    set(fd, level, name, number) {
      value.writeInt32LE(number);
      return setsockopt(fd, level, name, value, 4) === 0;
    },
    sendto: library.func(
      'int64_t sendto(int, const void *, size_t, int, const void *, uint32_t)',
    ) as DatagramLibc['sendto'],
    recvmmsg: library.func('int recvmmsg(int, void *, unsigned int, int, void *)') as DatagramLibc['recvmmsg'],
    sendmmsg: library.func('int sendmmsg(int, void *, unsigned int, int)') as DatagramLibc['sendmmsg'],
    ppoll: library.func('int ppoll(void *, unsigned long, const void *, const void *)') as DatagramLibc['ppoll'],
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
