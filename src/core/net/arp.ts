import { ByteReader, ByteWriter, DecodeError } from './bytes.ts';
import { ETHERTYPE } from './frame.ts';
import { ANY_IPV4, ipv4Bytes, ipv4OfBytes, type Ipv4 } from './ipv4.ts';
import { macBytes, macOfBytes, type Mac } from './mac.ts';

/** ARP for IPv4 on Ethernet (RFC 826). */
export interface Arp {
  readonly kind: 'request' | 'reply';
  readonly sender: { readonly mac: Mac; readonly address: Ipv4 };
  readonly target: { readonly mac: Mac; readonly address: Ipv4 };
}

const ETHERNET = 1;
const OPERATION = { request: 1, reply: 2 } as const;
const BROADCAST = 'ff:ff:ff:ff:ff:ff' as Mac;
const NOBODY = '00:00:00:00:00:00' as Mac;

/** The question whether anybody has `address`, with no address of the asker that it could teach to others (RFC 5227 2.1.1). */
export const arpProbe = (own: Mac, address: Ipv4): Uint8Array =>
  arpFrame(BROADCAST, {
    kind: 'request',
    sender: { mac: own, address: ANY_IPV4 },
    target: { mac: NOBODY, address },
  });

/** What tells everybody that `own` has `address`, so that nobody sends to a card that had it before (RFC 5227 2.3). */
export const arpAnnouncement = (own: Mac, address: Ipv4): Uint8Array =>
  arpFrame(BROADCAST, { kind: 'request', sender: { mac: own, address }, target: { mac: NOBODY, address } });

/** The frame of an ARP message to `to`. */
export function arpFrame(to: Mac, { kind, sender, target }: Arp): Uint8Array {
  const writer = new ByteWriter();
  writer.put(macBytes(to)).put(macBytes(sender.mac)).u16(ETHERTYPE.arp);
  writer.u16(ETHERNET).u16(ETHERTYPE.ipv4).u8(6).u8(4).u16(OPERATION[kind]);
  for (const { mac, address } of [sender, target]) writer.put(macBytes(mac)).put(ipv4Bytes(address));
  return writer.bytes();
}

/** Reads an Ethernet frame that holds ARP; throws DecodeError for any other. Cards pad short frames, so bytes may be left. */
export function readArp(frame: Uint8Array): Arp {
  const reader = new ByteReader(frame);
  reader.take(12);
  const head = [reader.u16(), reader.u16(), reader.u16(), reader.u8(), reader.u8()].join(' ');
  if (head !== `${ETHERTYPE.arp} ${ETHERNET} ${ETHERTYPE.ipv4} 6 4`)
    throw new DecodeError('no ARP for IPv4 on Ethernet');
  const operation = reader.u16();
  if (operation !== OPERATION.request && operation !== OPERATION.reply)
    throw new DecodeError(`ARP has no operation ${operation}`);
  const party = () => ({ mac: macOfBytes(reader.take(6)), address: ipv4OfBytes(reader.take(4)) });
  return { kind: operation === OPERATION.request ? 'request' : 'reply', sender: party(), target: party() };
}
