import type { Ipv4 } from '../core/net/ipv4.ts';
import { Failure } from './fail.ts';
import { bindTo, setOption, SO, udpSocket } from './sockets.ts';
import { errnoName, libc } from './systemCalls.ts';

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
  const fd = udpSocket('never waits');
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
  if (!setOption(fd, SO.device, Buffer.from(`${name}\0`))) throw refused(`the interface ${name}`);
  setOption(fd, SO.broadcast, 1);
  // Only root may go beyond net.core.rmem_max; anybody may ask for as much as it allows.
  if (!setOption(fd, SO.receiveBufferForce, RECEIVE_BUFFER)) setOption(fd, SO.receiveBuffer, RECEIVE_BUFFER);
  if (!bindTo(fd, { address: '0.0.0.0' as Ipv4, port })) throw refused(`UDP port ${port} of ${name}`);
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
