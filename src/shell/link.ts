import { readFile } from 'node:fs/promises';
import { parseMac, type Mac } from '../core/net/mac.ts';
import { Failure } from './fail.ts';
import { MSG_DONTWAIT } from './sockets.ts';
import { errnoName, libc } from './systemCalls.ts';

/** Raw frames on one interface: what UDP cannot do, namely to reach a machine that has no address yet, and to ask by ARP. */
export interface Link {
  /** The address of the interface's own card, as it was when it was last looked at. */
  readonly mac: Mac;
  /** Looks at the card again: whether it has another address than before. */
  renewed(): Promise<boolean>;
  /** Sends a whole frame; false where the system refuses it just now. */
  send(frame: Uint8Array): boolean;
  /** The next ARP frame that came in; undefined where there is none. Valid until the next call. */
  receiveArp(): Uint8Array | undefined;
  close(): void;
}

export type OpenLink = (name: string) => Promise<Link>;

/** From <linux/if_packet.h>, <linux/if_ether.h> and <asm-generic/socket.h>. */
const AF_PACKET = 17;
const SOCK_RAW_CLOEXEC_NONBLOCK = 3 | 0o2000000 | 0o4000;
const ETH_P_ARP = 0x0806;
const LARGEST = 2048;

/** Opens a packet socket (packet(7)) that hears ARP only. Throws Failure where that is not allowed, or there is no such card. */
export const openLink: OpenLink = async (name) => {
  const [index, address] = await Promise.all([attribute(name, 'ifindex'), attribute(name, 'address')]);
  const mac = parseMac(address);
  if (mac === undefined) throw new Failure(`${name} is no Ethernet`, 'Name an interface with a MAC address.');
  // Bound to nothing at first, so that no frame of another interface is ever taken in.
  const fd = libc().socket(AF_PACKET, SOCK_RAW_CLOEXEC_NONBLOCK, 0);
  if (fd < 0) throw refused(name);
  const bound = linkAddress(Number(index));
  if (libc().bind(fd, bound, bound.length) < 0) {
    const failure = refused(name);
    libc().close(fd);
    throw failure;
  }
  return linkOf(fd, name, mac);
};

function linkOf(fd: number, name: string, first: Mac): Link {
  const buffer = new Uint8Array(LARGEST);
  let isOpen = true;
  let mac = first;
  return {
    get mac() {
      return mac;
    },
    renewed: async () => {
      // An interface that has gone meanwhile is found to be so by others.
      const now = parseMac(await attribute(name, 'address').catch(() => '')) ?? mac;
      const isOther = now !== mac;
      mac = now;
      return isOther;
    },
    send: (frame) => isOpen && libc().send(fd, frame, frame.length, MSG_DONTWAIT) === frame.length,
    receiveArp: () => {
      const length = isOpen ? libc().recv(fd, buffer, buffer.length, MSG_DONTWAIT) : -1;
      return length > 0 ? buffer.subarray(0, length) : undefined;
    },
    close: () => {
      if (isOpen) libc().close(fd);
      isOpen = false;
    },
  };
}

/** struct sockaddr_ll: family and index in the machine's order, the protocol in the network's. */
function linkAddress(index: number): Uint8Array {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16LE(AF_PACKET, 0);
  bytes.writeUInt16BE(ETH_P_ARP, 2);
  bytes.writeInt32LE(index, 4);
  return bytes;
}

async function attribute(name: string, of: 'ifindex' | 'address'): Promise<string> {
  try {
    return (await readFile(`/sys/class/net/${name}/${of}`, 'utf8')).trim();
  } catch (error) {
    throw new Failure(`there is no interface ${name}`, '`ip link` lists those of this machine.', 1, error);
  }
}

const refused = (name: string): Failure =>
  new Failure(
    `raw frames on ${name} are not allowed: ${errnoName()}`,
    'Run as root, or give the program the capability CAP_NET_RAW.',
  );
