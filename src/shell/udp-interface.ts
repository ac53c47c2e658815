import { constants } from 'node:os';
import koffi from 'koffi';
import { Failure } from './fail.ts';

/**
 * Node's own sockets cannot be tied to an interface, and one bound to an address hears no broadcast. So the socket is made
 * by libc here and handed to Node as a file descriptor.
 */
interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, length: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  close(fd: number): number;
}

/** From <asm-generic/socket.h>, the same on x86-64 and ARM64. */
const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC_NONBLOCK = 2 | 0o2000000 | 0o4000;
const SOL_SOCKET = 1;
const SO = { REUSEADDR: 2, BROADCAST: 6, RCVBUF: 8, BINDTODEVICE: 25, RCVBUFFORCE: 33 } as const;
/** Bytes. The default of 212,992 swallows a rack's worth of DISCOVERs at power-on. */
const RECEIVE_BUFFER = 8 * 2 ** 20;

let loaded: Libc | undefined;

function libc(): Libc {
  if (loaded !== undefined) return loaded;
  const library = koffi.load('libc.so.6');
  loaded = {
    socket: library.func('int socket(int, int, int)') as Libc['socket'],
    setsockopt: library.func('int setsockopt(int, int, int, const void *, uint32_t)') as Libc['setsockopt'],
    bind: library.func('int bind(int, const void *, uint32_t)') as Libc['bind'],
    close: library.func('int close(int)') as Libc['close'],
  };
  return loaded;
}

/** A UDP socket bound to a port of every address, on one interface. Throws Failure saying what is not allowed. */
export function socketOnInterface(name: string, port: number): number {
  const fd = libc().socket(AF_INET, SOCK_DGRAM_CLOEXEC_NONBLOCK, 0);
  if (fd < 0) throw refused(`a UDP socket on ${name}`);
  try {
    setUp(fd, name, port);
  } catch (error) {
    libc().close(fd);
    throw error;
  }
  return fd;
}

function setUp(fd: number, name: string, port: number): void {
  const device = Buffer.from(`${name}\0`);
  if (libc().setsockopt(fd, SOL_SOCKET, SO.BINDTODEVICE, device, device.length) < 0)
    throw refused(`the interface ${name}`);
  set(fd, SO.REUSEADDR, 1);
  set(fd, SO.BROADCAST, 1);
  // Only root may go beyond net.core.rmem_max; anybody may ask for as much as it allows.
  if (set(fd, SO.RCVBUFFORCE, RECEIVE_BUFFER) < 0) set(fd, SO.RCVBUF, RECEIVE_BUFFER);
  const address = socketAddress(port);
  if (libc().bind(fd, address, address.length) < 0) throw refused(`UDP port ${port} of ${name}`);
}

function set(fd: number, option: number, value: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return libc().setsockopt(fd, SOL_SOCKET, option, bytes, bytes.length);
}

/** struct sockaddr_in (ip(7)): the family in the machine's order, the rest in the network's. */
function socketAddress(port: number): Uint8Array {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  return bytes;
}

const REMEDIES: Readonly<Record<string, string>> = {
  EPERM: 'Run as root, or give the program the capabilities CAP_NET_RAW and CAP_NET_BIND_SERVICE.',
  EACCES: 'Run as root, or give the program the capability CAP_NET_BIND_SERVICE.',
  ENODEV: 'Name an interface of this machine; `ip link` lists them.',
  EADDRINUSE: 'End the program that has the port (`ss -lunp` shows which), then try again.',
};

function refused(what: string): Failure {
  const errno = koffi.errno();
  const code = Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `error ${errno}`;
  return new Failure(`${what} cannot be opened: ${code}`, REMEDIES[code] ?? 'See the reason above.');
}
