import {
  BOOTREPLY,
  BOOTREQUEST,
  decodePacket,
  encodePacket,
  FLAG_BROADCAST,
  MESSAGE,
  type DhcpPacket,
} from '../core/dhcp/packet.ts';
import { CLIENT_PORT, SERVER_PORT } from '../core/dhcp/destination.ts';
import { DecodeError } from '../core/net/bytes.ts';
import { ANY_IPV4, BROADCAST_IPV4, type Ipv4 } from '../core/net/ipv4.ts';
import type { Clock } from '../shell/clock.ts';
import type { OpenUdp } from '../shell/udp.ts';

export interface AskDeps {
  readonly openUdp: OpenUdp;
  readonly clock: Clock;
  /** Six random bytes or more. */
  readonly random: Uint8Array;
  /** Addresses of this machine: an offer of its own is none of another server. */
  readonly own: ReadonlySet<Ipv4>;
}

/** Milliseconds between two DISCOVERs, and how many there are: together what a slow server that pings first takes. */
const ASKING = { each: 1000, times: 2 } as const;

/** The DHCP server that answers on an interface beside this one; undefined where none does. Throws where nobody can be asked. */
export async function otherServer(name: string, { openUdp, clock, random, own }: AskDeps): Promise<Ipv4 | undefined> {
  const port = await openUdp({ port: CLIENT_PORT, interface: name });
  const heard = new AbortController();
  let found: Ipv4 | undefined;
  const discover = discoverOf(random);
  port.receive((bytes, from) => {
    const server = offeredBy(bytes, random, from.address);
    if (server === undefined || own.has(server)) return;
    found = server;
    heard.abort();
  });
  try {
    for (let times = 0; times < ASKING.times && !heard.signal.aborted; times += 1) {
      port.send(discover, { address: BROADCAST_IPV4, port: SERVER_PORT });
      await clock.sleep(ASKING.each, heard.signal).catch(() => undefined);
    }
    return found;
  } finally {
    port.close();
  }
}

const xidOf = (random: Uint8Array): number => new DataView(random.buffer, random.byteOffset).getUint32(2);

/** A DISCOVER of a card that nobody has: its address is marked as made up (IEEE 802 locally administered). */
function discoverOf(random: Uint8Array): Uint8Array {
  const chaddr = new Uint8Array(16);
  chaddr.set([0x02, ...random.subarray(1, 6)]);
  const packet: DhcpPacket = {
    op: BOOTREQUEST,
    htype: 1,
    hlen: 6,
    hops: 0,
    xid: xidOf(random),
    secs: 0,
    flags: FLAG_BROADCAST,
    ciaddr: ANY_IPV4,
    yiaddr: ANY_IPV4,
    siaddr: ANY_IPV4,
    giaddr: ANY_IPV4,
    chaddr,
    sname: '',
    file: '',
    options: { messageType: MESSAGE.discover },
  };
  return encodePacket(packet).bytes;
}

/** The server that offers an address to that card; undefined for everything else. */
function offeredBy(bytes: Uint8Array, random: Uint8Array, from: Ipv4): Ipv4 | undefined {
  try {
    const { op, xid, yiaddr, options } = decodePacket(bytes).packet;
    const isOffer = op === BOOTREPLY && options.messageType === MESSAGE.offer && yiaddr !== ANY_IPV4;
    return isOffer && xid === xidOf(random) ? (options.serverId ?? from) : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
