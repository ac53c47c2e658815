import { constants } from 'node:os';
import koffi from 'koffi';

/**
 * What Node has no call for: sockets tied to an interface, raw frames, many datagrams by one call, locks, files sent without a
 * copy, waiting for many descriptors. Descriptors are numbers; a result below 0 is a failure, and `errnoName` then says which.
 */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, length: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  /** `length`: a 32-bit number in the machine's order, which is written over. */
  getsockname(fd: number, address: Uint8Array, length: Uint8Array): number;
  send(fd: number, bytes: Uint8Array, length: number, flags: number): number;
  recv(fd: number, into: Uint8Array, length: number, flags: number): number;
  sendto(fd: number, bytes: Uint8Array, length: number, flags: number, to: Uint8Array, toLength: number): number;
  /** `vector`: an array of struct mmsghdr. Gives how many of them were filled. */
  recvmmsg(fd: number, vector: Uint8Array, count: number, flags: number, timeout: null): number;
  /** Gives how many went out; where it is less than all, the next call says why. */
  sendmmsg(fd: number, vector: Uint8Array, count: number, flags: number): number;
  flock(fd: number, operation: number): number;
  /** `offset`: where to read, 64 bits in the machine's order. */
  sendfile(to: number, from: number, offset: Uint8Array, length: number): number;
  epoll_create1(flags: number): number;
  epoll_ctl(epoll: number, operation: number, fd: number, event: Uint8Array): number;
  epoll_wait(epoll: number, events: Uint8Array, most: number, milliseconds: number): number;
  eventfd(value: number, flags: number): number;
  dup(fd: number): number;
  close(fd: number): number;
}

let loaded: Libc | undefined;

/** The system's C library, loaded when it is first asked for. */
export function libc(): Libc {
  if (loaded !== undefined) return loaded;
  const library = koffi.load('libc.so.6');
  loaded = {
    socket: library.func('int socket(int, int, int)') as Libc['socket'],
    setsockopt: library.func('int setsockopt(int, int, int, const void *, uint32_t)') as Libc['setsockopt'],
    bind: library.func('int bind(int, const void *, uint32_t)') as Libc['bind'],
    getsockname: library.func('int getsockname(int, void *, void *)') as Libc['getsockname'],
    send: library.func('long send(int, const void *, size_t, int)') as Libc['send'],
    recv: library.func('long recv(int, _Out_ void *, size_t, int)') as Libc['recv'],
    sendto: library.func('long sendto(int, const void *, size_t, int, const void *, uint32_t)') as Libc['sendto'],
    recvmmsg: library.func('int recvmmsg(int, void *, unsigned int, int, void *)') as Libc['recvmmsg'],
    sendmmsg: library.func('int sendmmsg(int, void *, unsigned int, int)') as Libc['sendmmsg'],
    sendfile: library.func('long sendfile(int, int, void *, size_t)') as Libc['sendfile'],
    epoll_create1: library.func('int epoll_create1(int)') as Libc['epoll_create1'],
    epoll_ctl: library.func('int epoll_ctl(int, int, int, void *)') as Libc['epoll_ctl'],
    epoll_wait: library.func('int epoll_wait(int, void *, int, int)') as Libc['epoll_wait'],
    eventfd: library.func('int eventfd(unsigned int, int)') as Libc['eventfd'],
    dup: library.func('int dup(int)') as Libc['dup'],
    flock: library.func('int flock(int, int)') as Libc['flock'],
    close: library.func('int close(int)') as Libc['close'],
  };
  return loaded;
}

/** Whether the last failure was that the call would have had to wait. */
export const wouldWait = (): boolean => koffi.errno() === constants.errno.EAGAIN;

/** The name of the last failure, such as `EPERM`. */
export function errnoName(): string {
  const errno = koffi.errno();
  return Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `error ${errno}`;
}
