import { decodePacket, encodePacket, MESSAGE, type DhcpPacket } from '../../src/core/dhcp/packet.ts';
import { DecodeError } from '../../src/core/net/bytes.ts';
import { ANY_IPV4, BROADCAST_IPV4 } from '../../src/core/net/ipv4.ts';
import { macBytes, macOfBytes, type Mac } from '../../src/core/net/mac.ts';
import { openUdp } from '../../src/shell/udp.ts';
import { Segment } from '../../lab/segment.ts';
import { quantile } from '../numbers.ts';
import type { BurstReport } from './burst.ts';

/**
 * Clients of their own MAC each that come within `spread` milliseconds, as a rack does at power-on: a DISCOVER each, and
 * with `bind` a REQUEST after the OFFER. A program of its own, at the client's end: `clients.ts COUNT SPREAD [bind]`.
 * Prints a BurstReport.
 */
const [count = 0, spread = 0] = process.argv.slice(2, 4).map(Number);
const binds = process.argv[4] === 'bind';

/** Milliseconds after the last DISCOVER. */
const PATIENCE = 3000;

const macs = Array.from({ length: count }, (_, index) =>
  macOfBytes(Uint8Array.of(2, 0xbe, 0x9c, index >> 16, (index >> 8) & 0xff, index & 0xff)),
);
// Made before the clock runs, so that sending costs little of the processors that the server needs.
const discovers = macs.map((mac, xid) => encodePacket(message(mac, xid, { messageType: MESSAGE.discover })).bytes);
const sent = new Map<Mac, number>();
const latencies: number[] = [];
let acks = 0;

function message(mac: Mac, xid: number, options: DhcpPacket['options']): DhcpPacket {
  const chaddr = new Uint8Array(16);
  chaddr.set(macBytes(mac));
  const [none, texts] = [ANY_IPV4, { sname: '', file: '' }];
  const addresses = { ciaddr: none, yiaddr: none, siaddr: none, giaddr: none };
  return { op: 1, htype: 1, hlen: 6, hops: 0, xid, secs: 0, flags: 0x8000, ...addresses, chaddr, ...texts, options };
}

const port = await openUdp({ port: 68, interface: Segment.interface });
const send = (bytes: Uint8Array): void => port.send(bytes, { address: BROADCAST_IPV4, port: 67 });

port.receive((bytes) => {
  const now = performance.now();
  const packet = read(bytes);
  if (packet === undefined) return;
  const mac = macOfBytes(packet.chaddr.subarray(0, 6));
  if (packet.options.messageType === MESSAGE.ack) acks += 1;
  const at = sent.get(mac);
  if (packet.options.messageType !== MESSAGE.offer || at === undefined) return;
  sent.delete(mac);
  latencies.push(now - at);
  if (binds) send(request(mac, packet));
});

function read(bytes: Uint8Array): DhcpPacket | undefined {
  try {
    return decodePacket(bytes).packet;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function request(mac: Mac, { xid, yiaddr, options }: DhcpPacket): Uint8Array {
  const { serverId } = options;
  const chosen = { requestedAddress: yiaddr, ...(serverId === undefined ? {} : { serverId }) };
  return encodePacket(message(mac, xid, { messageType: MESSAGE.request, ...chosen })).bytes;
}

const pause = async (milliseconds: number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, milliseconds);
  await promise;
};

const began = performance.now();
for (let next = 0; next < count; await pause(1)) {
  const due = Math.min(count, Math.floor(((performance.now() - began) / spread) * count) + 1);
  for (; next < due; next += 1) {
    sent.set(macs[next] as Mac, performance.now());
    send(discovers[next] as Uint8Array);
  }
}
const wanted = (): number => (binds ? acks : latencies.length);
for (let waited = 0; waited < PATIENCE && wanted() < count; waited += 10) await pause(10);
port.close();

const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
const report: BurstReport = { sent: count, offers: latencies.length, acks, p50, p99 };
process.stdout.write(`${JSON.stringify(report)}\n`);
