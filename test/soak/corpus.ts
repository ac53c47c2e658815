import { FEATURE } from '../../src/core/boot/client.ts';
import { domains } from '../../src/core/dhcp/shapes/domains.ts';
import { encodePacket, MESSAGE } from '../../src/core/dhcp/packet.ts';
import { encodeDns } from '../../src/core/dns/message.ts';
import { nameOf } from '../../src/core/dns/name.ts';
import { writeCpio } from '../../src/core/image/cpio.ts';
import { utf8 } from '../../src/core/net/text.ts';
import { encodeTftp } from '../../src/core/tftp/packet.ts';
import { dnsQuestion } from '../fixtures/dns.ts';
import { ascii, MESSAGE_TYPE, requestBytes, u16, type RawOption } from '../fixtures/clients/bytes.ts';
import { mac } from '../fixtures/cluster.ts';
import { edk2, ip, ipxe, machineIdOf, message } from '../fixtures/dhcp.ts';
import { RELEASE, SERVER } from '../fixtures/rig.ts';

/** Good input of every kind, from which bad input is made. */

const MAC = mac(1);
const raw = (type: number, options: readonly RawOption[], more: { flags?: number; guid?: Uint8Array } = {}) =>
  requestBytes({ mac: MAC, xid: 0x12345678, ...more }, [[53, [type]], ...options]);

const RELAYED = message(MAC, {
  ...edk2(7),
  relayAgent: Uint8Array.of(1, 2, 7, 7, 5, 4, 10, 1, 2, 0, 11, 4, 10, 1, 2, 1),
});

export const DHCP_SEEDS: readonly Uint8Array[] = [
  encodePacket(message(MAC, edk2(7))).bytes,
  encodePacket(message(mac(2), edk2(16))).bytes,
  encodePacket(message(mac(3), ipxe(0, [FEATURE.http, FEATURE.multiboot]))).bytes,
  encodePacket(message(mac(4), { messageType: MESSAGE.request, overload: 3, requestedAddress: ip('10.1.2.9') })).bytes,
  encodePacket(message(mac(5), { messageType: MESSAGE.request, serverId: SERVER, requestedAddress: ip('10.1.2.9') }))
    .bytes,
  encodePacket({ ...RELAYED, giaddr: ip('10.1.2.2'), hops: 1 }).bytes,
  encodePacket(message(mac(6), { messageType: MESSAGE.inform }, { ciaddr: ip('10.1.2.77') })).bytes,
  encodePacket(message(mac(7), { messageType: MESSAGE.decline, requestedAddress: ip('10.1.2.9') })).bytes,
  encodePacket(message(mac(8), { messageType: MESSAGE.release }, { ciaddr: ip('10.1.2.9') })).bytes,
  raw(MESSAGE_TYPE.discover, [
    [77, ascii('iPXE')],
    [93, u16(7)],
    [175, [0x13, 1, 1, 0x24, 1, 1]],
    [97, machineIdOf(MAC)],
  ]),
  raw(MESSAGE_TYPE.discover, [
    [60, ascii('PXEClient:Arch:00000:UNDI:002001')],
    [12, ascii('pi\0')],
  ]),
  raw(
    MESSAGE_TYPE.request,
    [
      [60, ascii('PXEClient')],
      [43, [71, 4, 0, 1, 0, 0, 255]],
    ],
    { flags: 0x8000 },
  ),
  raw(MESSAGE_TYPE.discover, [], { guid: machineIdOf(MAC).subarray(1) }),
  requestBytes({ mac: MAC, xid: 1 }, []),
];

const TFTP_OPTIONS = new Map([
  ['blksize', '1432'],
  ['windowsize', '4'],
  ['tsize', '0'],
  ['timeout', '3'],
]);

export const TFTP_SEEDS: readonly Uint8Array[] = [
  encodeTftp({ kind: 'read', path: 'loaders/snponly.efi', mode: 'octet', options: TFTP_OPTIONS }),
  encodeTftp({ kind: 'read', path: '\\LOADERS\\..\\x', mode: 'netascii', options: new Map() }),
  encodeTftp({ kind: 'write', path: 'x', mode: 'octet', options: new Map([['multicast', '']]) }),
  encodeTftp({ kind: 'oack', options: TFTP_OPTIONS }),
  encodeTftp({ kind: 'ack', block: 7 }),
  encodeTftp({ kind: 'data', block: 7, bytes: new Uint8Array(40) }),
  encodeTftp({ kind: 'error', code: 8, message: 'User aborted the transfer' }),
];

const QUESTION = dnsQuestion('ada.lab.internal', 1, { id: 7, edns: { payload: 1232, version: 0 } });
const target = nameOf('pxen.lab.internal');
const record = { name: nameOf('ada.lab.internal'), class: 1, ttl: 30 };

export const DNS_SEEDS: readonly Uint8Array[] = [
  encodeDns(QUESTION),
  encodeDns({
    ...QUESTION,
    edns: undefined,
    questions: [{ name: nameOf('50.2.1.10.in-addr.arpa'), type: 12, class: 1 }],
  }),
  encodeDns({
    ...QUESTION,
    isReply: true,
    answers: [
      { ...record, data: { type: 'A', address: ip('10.1.2.50') } },
      { ...record, data: { type: 'MX', preference: 1, target } },
      { ...record, data: { type: 'TXT', texts: [utf8('a'), utf8('b')] } },
      { ...record, data: { type: 'SRV', priority: 1, weight: 1, port: 1, target } },
    ],
    authority: [{ ...record, data: { type: 'NS', target } }],
  }),
];

export const BEACON_SEEDS: readonly Uint8Array[] = [
  'pxen1 52:54:00:00:00:01 3.5 fetch 10 MB\n',
  'pxen1 52-54-00-00-00-01 999999999.999999 failed no address',
].map((text) => utf8(text));

export const PATH_SEEDS: readonly Uint8Array[] = [
  '/boot/loaders/snponly.efi',
  `/boot/releases/${RELEASE}/xen`,
  '/boot/../cluster.yaml',
  '/boot/%2e%2e/x\\..\\y',
  '/ipxe/52-54-00-00-00-01',
  '/node/52:54:00:00:00:01/initrd',
  '/node/52-54-00-00-00-01/xen.cfg',
  '/node/52-54-00-00-00-01/microcode/GenuineIntel/000506e3',
  '/api/v1/status?since=1',
  '/healthz',
].map((text) => utf8(text));

export const HEADER_SEEDS: readonly Uint8Array[] = ['bytes=0-499', 'bytes=500-', 'bytes=-500', '"af-12", W/"x", *'].map(
  (text) => utf8(text),
);

/** Whole requests, as they come on a connection. */
export const HTTP_SEEDS: readonly Uint8Array[] = PATH_SEEDS.flatMap((path, at) => {
  const target = Buffer.from(path).toString('latin1');
  const more = at % 2 === 0 ? 'Range: bytes=0-99\r\nIf-Range: "x"\r\n' : 'Content-Length: 3\r\n';
  return [
    utf8(`GET ${target} HTTP/1.1\r\nHost: 10.1.2.1:80\r\n${more}\r\n${at % 2 === 0 ? '' : '{}\n'}`),
    utf8(`HEAD ${target} HTTP/1.0\r\nConnection: close\r\n\r\n`),
  ];
});

export const JOURNAL_SEEDS: readonly Uint8Array[] = [
  '{"id":"mac 52:54:00:00:00:01","mac":"52:54:00:00:00:01","uuid":null,"address":"10.1.2.9","seconds":60,"boots":true}\n',
  '{"forget":"mac 52:54:00:00:00:01"}\n',
].map((text) => utf8(text));

export const SEARCH_SEEDS: readonly Uint8Array[] = [domains.encode(['a.b', 'lab.internal'])];
export const ARCHIVE_SEEDS: readonly Uint8Array[] = [
  writeCpio([{ kind: 'file', path: 'a', mode: 0o644, bytes: new Uint8Array(9) }]),
];
