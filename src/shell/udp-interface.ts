import { Failure } from './fail.ts';
import { errnoName, libc } from './systemCalls.ts';

/** From <asm-generic/socket.h>, the same on x86-64 and ARM64. */
const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC_NONBLOCK = 2 | 0o2000000 | 0o4000;
const SOL_SOCKET = 1;
const SO = { BROADCAST: 6, RCVBUF: 8, BINDTODEVICE: 25, RCVBUFFORCE: 33 } as const;
/**
 * Bytes, of which the kernel counts some 1,000 for each datagram. The default of 212,992 loses most of a rack's DISCOVERs at
 * power-on. Much more than this would keep, when more comes than can be answered, what its senders no longer wait for: iPXE
 * asks again after 1 s, and then the old question only delays the new one.
 */
const RECEIVE_BUFFER = 2 * 2 ** 20;

/**
 * A UDP socket bound to a port of every address, on one interface: Node's own cannot be tied to one, and one bound to an
 * address hears no broadcast. The descriptor is for Node to take over. Throws Failure saying what is not allowed.
 */
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

/** Its code is that of the system's failure. */
class Refused extends Failure {
  readonly code: string;

  constructor(what: string, code: string) {
    super(`${what} cannot be opened: ${code}`, REMEDIES[code] ?? 'See the reason above.');
    this.code = code;
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  EPERM: 'Run as root, or give the program the capabilities CAP_NET_RAW and CAP_NET_BIND_SERVICE.',
  EACCES: 'Run as root, or give the program the capability CAP_NET_BIND_SERVICE.',
  ENODEV: 'Name an interface of this machine; `ip link` lists them.',
};

const refused = (what: string): Failure => new Refused(what, errnoName());
