import { readFileSync } from 'node:fs';
import { arpFrame, readArp } from '../../src/core/net/arp.ts';
import { BROADCAST_IPV4, ANY_IPV4, ipv4OfBytes, type Ipv4 } from '../../src/core/net/ipv4.ts';
import { macOfBytes, type Mac } from '../../src/core/net/mac.ts';
import { ETHERTYPE, udpFrame } from '../../src/core/net/frame.ts';
import { decodePacket, encodePacket, MESSAGE } from '../../src/core/dhcp/packet.ts';
import { decodeTftp, encodeTftp, type TftpPacket } from '../../src/core/tftp/packet.ts';
import { libc } from '../../src/shell/systemCalls.ts';
import { edk2, machineIdOf, message } from '../fixtures/dhcp.ts';

/**
 * Machines in great number behind one card, by frames made by hand: each gets an address and fetches a file by TFTP, and answers
 * ARP. Prints `all done` when the last one is. Arguments: interface, how many, file.
 */

const [name = '', count = '', file = ''] = process.argv.slice(2);
const [AF_PACKET, SOCK_RAW_NONBLOCK, ALL] = [17, 3 | 0o4000, 0x0003];
const EVERYBODY = 'ff:ff:ff:ff:ff:ff' as Mac;
const [BLOCK, TFTP_CLIENT] = [1024, 2070];
/** Milliseconds after which a machine that heard nothing says the same again. */
const PATIENCE = 4000;
/** Machines that boot at the same time: it is a long queue of machines that is tried here, and no storm. */
const AT_ONCE = 64;

interface Member {
  readonly mac: Mac;
  address: Ipv4;
  server: { mac: Mac; address: Ipv4; port: number };
  /** The last frame it sent. */
  last: Uint8Array;
  at: number;
  isDone: boolean;
}

const members = new Map<Mac, Member>();
const byAddress = new Map<Ipv4, Member>();
let done = 0;

const fd = libc().socket(AF_PACKET, SOCK_RAW_NONBLOCK, 0);
const where = Buffer.alloc(20);
where.writeUInt16LE(AF_PACKET, 0);
where.writeUInt16BE(ALL, 2);
where.writeInt32LE(Number(readFileSync(`/sys/class/net/${name}/ifindex`, 'utf8')), 4);
if (fd < 0 || libc().bind(fd, where, where.length) < 0) throw new Error('no packet socket');

function send(member: Member, frame: Uint8Array): void {
  [member.last, member.at] = [frame, performance.now()];
  libc().send(fd, frame, frame.length, 0);
}

function dhcp(member: Member, type: number, more: Parameters<typeof message>[1]): void {
  const options = { ...edk2(7), machineId: machineIdOf(member.mac), ...more, messageType: type };
  const target = { mac: EVERYBODY, address: BROADCAST_IPV4, port: 67 };
  const payload = encodePacket(message(member.mac, options)).bytes;
  send(member, udpFrame({ source: { mac: member.mac, address: ANY_IPV4, port: 68 }, target, payload }));
}

function tftp(member: Member, packet: TftpPacket): void {
  const source = { mac: member.mac, address: member.address, port: TFTP_CLIENT };
  send(member, udpFrame({ source, target: member.server, payload: encodeTftp(packet) }));
}

function hearDhcp(bytes: Uint8Array, from: Mac): void {
  const { packet } = decodePacket(bytes);
  const member = members.get(macOfBytes(packet.chaddr.subarray(0, 6)));
  if (member === undefined || member.address !== ANY_IPV4) return;
  const { messageType, serverId } = packet.options;
  if (messageType === MESSAGE.offer)
    return dhcp(member, MESSAGE.request, {
      requestedAddress: packet.yiaddr,
      ...(serverId === undefined ? {} : { serverId }),
    });
  if (messageType !== MESSAGE.ack) return;
  member.address = packet.yiaddr;
  byAddress.set(packet.yiaddr, member);
  member.server = { mac: from, address: packet.siaddr, port: 69 };
  tftp(member, { kind: 'read', path: file, mode: 'octet', options: new Map([['blksize', String(BLOCK)]]) });
}

function hearTftp(member: Member, bytes: Uint8Array, port: number): void {
  const packet = decodeTftp(bytes);
  if (packet.kind === 'error') throw new Error(`${member.mac}: ${packet.message}`);
  member.server.port = port;
  if (packet.kind === 'oack') return tftp(member, { kind: 'ack', block: 0 });
  if (packet.kind !== 'data') return;
  tftp(member, { kind: 'ack', block: packet.block });
  if (packet.bytes.length === BLOCK || member.isDone) return;
  member.isDone = true;
  done += 1;
  if (done % 100 === 0) process.stdout.write(`${done} have the file after ${performance.now().toFixed(0)} ms\n`);
  if (done === Number(count)) process.stdout.write('all done\n');
}

function hear(frame: Buffer): void {
  const kind = frame.readUInt16BE(12);
  if (kind === ETHERTYPE.arp) return hearArp(frame);
  if (kind !== ETHERTYPE.ipv4 || frame[23] !== 17) return;
  const at = 14 + ((frame[14] ?? 0) & 15) * 4;
  const [source, target, length] = [frame.readUInt16BE(at), frame.readUInt16BE(at + 2), frame.readUInt16BE(at + 4)];
  const bytes = frame.subarray(at + 8, at + length);
  if (source === 67 && target === 68) return hearDhcp(bytes, macOfBytes(frame.subarray(6, 12)));
  const member = byAddress.get(ipv4OfBytes(frame.subarray(30, 34)));
  if (member !== undefined && target === TFTP_CLIENT) hearTftp(member, bytes, source);
}

/** Who has no address yet answers for none. */
function hearArp(frame: Buffer): void {
  const { kind, sender, target } = readArp(frame);
  const member = byAddress.get(target.address);
  if (kind !== 'request' || member === undefined) return;
  const reply = { kind: 'reply', sender: { mac: member.mac, address: member.address }, target: sender } as const;
  const answer = arpFrame(sender.mac, reply);
  libc().send(fd, answer, answer.length, 0);
}

function switchOn(): void {
  for (let index = members.size; index < Math.min(Number(count), done + AT_ONCE); index += 1) {
    const tail = index.toString(16).padStart(4, '0');
    const mac = `52:54:00:cc:${tail.slice(0, 2)}:${tail.slice(2)}` as Mac;
    const server = { mac: EVERYBODY, address: ANY_IPV4, port: 0 };
    const member = { mac, address: ANY_IPV4, server, last: new Uint8Array(), at: 0, isDone: false };
    members.set(mac, member);
    dhcp(member, MESSAGE.discover, {});
  }
}

const frame = Buffer.alloc(2048);
setInterval(() => {
  for (let read = libc().recv(fd, frame, frame.length, 0); read > 0; read = libc().recv(fd, frame, frame.length, 0))
    hear(frame.subarray(0, read));
  switchOn();
  const now = performance.now();
  for (const member of members.values()) if (!member.isDone && now - member.at > PATIENCE) send(member, member.last);
}, 2);
