import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { answer, type Role } from '../../src/core/boot/answer.ts';
import { LeaseBook } from '../../src/core/dhcp/lease-book.ts';
import { BOOTREQUEST, decodePacket, encodePacket, type DhcpPacket } from '../../src/core/dhcp/packet.ts';
import { pcapHeader, pcapRecord } from '../../lab/switch/pcap.ts';
import { udpFrame } from '../../src/core/net/frame.ts';
import type { Mac } from '../../src/core/net/mac.ts';
import type { DhcpHouse } from '../../src/core/dhcp/respond.ts';
import { decodeTftp, encodeTftp, type TftpPacket } from '../../src/core/tftp/packet.ts';
import { conversationOf, conversationText, readConversation, type Datagram } from '../fixtures/conversation.ts';
import { edk2, ip, message } from '../fixtures/dhcp.ts';
import { dhcpHouse, hear, replyIn } from '../fixtures/house.ts';
import { packetText } from '../fixtures/packetText.ts';
import { policy } from '../fixtures/policy.ts';

/** What real firmware said, recorded in the lab (test/vectors/captures/README.md). PXEN_GOLDEN=write rewrites the answers. */

const FOLDER = new URL('../vectors/captures/', import.meta.url);
const NAMES = readdirSync(FOLDER).flatMap((name) => (/^[\w-]+\.txt$/.test(name) ? name.slice(0, -4) : []));
const LOADERS = new Set([
  'loaders/undionly.kpxe',
  'loaders/snponly.efi',
  'loaders/snponly-ia32.efi',
  'loaders/ipxe-arm64.efi',
]);

const isDhcp = ({ source, target }: Datagram): boolean =>
  [source, target].some((port) => [67, 68, 4011].includes(port));
const of = (name: string): readonly Datagram[] =>
  readConversation(readFileSync(new URL(`${name}.txt`, FOLDER), 'utf8'));

/** Read from bytes, without a flaw. */
function read(bytes: Uint8Array): DhcpPacket {
  const { packet, flaws } = decodePacket(bytes);
  assert.deepEqual(flaws, []);
  return packet;
}

const WHOLE = 1472;

for (const name of NAMES) {
  test(`every datagram of ${name} is read without a flaw, and written again says the same`, () => {
    const said = of(name);
    assert.ok(said.some(({ from }) => from === 'client') && said.some(({ from }) => from === 'server'));
    for (const datagram of said.filter(isDhcp)) {
      const packet = read(datagram.bytes);
      assert.deepEqual(read(encodePacket(packet, { limit: WHOLE }).bytes), packet);
    }
    // TFTP has one way to write a message.
    for (const { bytes } of said.filter((one) => !isDhcp(one))) assert.deepEqual(encodeTftp(decodeTftp(bytes)), bytes);
  });

  test(`what ${name} is told is what the golden file says`, () => {
    const role: Role = name.startsWith('proxy-') ? 'proxy' : 'full';
    const house = dhcpHouse(role, { loaders: { present: LOADERS, own: {} } }, { book: new LeaseBook() });
    const text = of(name)
      .filter(({ from }) => from === 'client')
      .map((datagram) => (isDhcp(datagram) ? dhcpText(datagram, house) : tftpText(datagram, role)))
      .join('');
    const golden = new URL(`answers/${name}.txt`, FOLDER);
    if (process.env['PXEN_GOLDEN'] === 'write') {
      mkdirSync(new URL('.', golden), { recursive: true });
      writeFileSync(golden, text);
    }
    assert.equal(text, readFileSync(golden, 'utf8'));
  });
}

test('of what passes a port a recording keeps DHCP whole, and of TFTP what begins and ends a transfer', () => {
  const [client, server] = ['52:54:00:f1:00:01', '52:54:00:00:00:01'] as [Mac, Mac];
  const at = (mac: Mac, port: number) => ({ mac, address: ip('10.1.2.50'), port });
  const frame = (from: Mac, source: number, target: number, payload: Uint8Array): Uint8Array =>
    udpFrame({ source: at(from, source), target: at(from === client ? server : client, target), payload });
  const tftp = (packet: TftpPacket): Uint8Array => encodeTftp(packet);
  const discover = encodePacket(message(client, edk2(7))).bytes;
  const read = tftp({ kind: 'read', path: 'a', mode: 'octet', options: new Map([['blksize', '1468']]) });
  const oack = tftp({ kind: 'oack', options: new Map([['blksize', '1468']]) });
  const [data, first, second] = [
    tftp({ kind: 'data', block: 1, bytes: new Uint8Array(1468) }),
    tftp({ kind: 'ack', block: 0 }),
    tftp({ kind: 'ack', block: 1 }),
  ];
  const frames = [
    frame(client, 68, 67, discover),
    frame(client, 2070, 69, read),
    frame(server, 3000, 2070, oack),
    frame(client, 2070, 3000, first),
    frame(server, 3000, 2070, data),
    frame(client, 2070, 3000, second),
    frame(client, 5000, 53, new Uint8Array(20)),
    frame(server, 68, 67, discover),
    new Uint8Array(60),
  ];
  const pcap = Buffer.concat([pcapHeader(), ...frames.map((one) => pcapRecord(0, one))]);
  const text = conversationText(conversationOf(pcap, client));
  const said = readConversation(text);
  assert.deepEqual(
    said.map(({ from, source, target }) => `${from} ${source} ${target}`),
    ['client 68 67', 'client 2070 69', 'server 3000 2070', 'client 2070 3000'],
  );
  assert.deepEqual(
    said.map(({ bytes }) => Buffer.from(bytes)),
    [discover, read, oack, first].map((one) => Buffer.from(one)),
  );
});

function dhcpText({ bytes, target }: Datagram, house: DhcpHouse): string {
  const request = read(bytes);
  assert.equal(request.op, BOOTREQUEST);
  const port = target === 4011 ? 4011 : 67;
  const response = hear(request, house, port);
  const head = `== ${request.options.messageType} to port ${port}\n`;
  if (response.kind === 'silence') return `${head}silence: ${response.why}\n\n`;
  return `${head}${packetText(replyIn(response))}log: ${response.said}\n\n`;
}

function tftpText({ bytes }: Datagram, role: Role): string {
  const packet = decodeTftp(bytes);
  if (packet.kind !== 'read') return '';
  const options = [...packet.options].map(([key, value]) => `${key}=${value}`).join(' ');
  const given = answer({ protocol: 'tftp', path: packet.path, writes: false }, policy(role));
  const what = given.kind === 'file' ? given.path : given.kind;
  return `== reads ${packet.path} ${options}\n${what} [${given.rule}]\n\n`;
}
