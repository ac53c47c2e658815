import { sentenceOfAnswer, type Answer } from '../boot/answer.ts';
import type { Client } from '../boot/client.ts';
import { bootFields, type BootFields } from '../boot/offer.ts';
import { ANY_IPV4, type Ipv4 } from '../net/ipv4.ts';
import { destinationOf } from './destination.ts';
import type { LeaseRecord } from './lease-book.ts';
import { OPTIONS, type Options } from './options.ts';
import { BOOTREPLY, encodePacket, MESSAGE, sizeLimit, type DhcpPacket } from './packet.ts';
import { proxyWay } from './proxyQuirks.ts';
import type { DhcpHouse, Response } from './respond.ts';

/** Where PXE clients ask for their boot file apart from DHCP (PXE 2.1, 2.2.5). */
export const PROXY_PORT = 4011;

type Port = 67 | typeof PROXY_PORT;

/** Seconds that an address is remembered which another server gave. */
const SEEN = 3600;
/** Sub-option of 43 by which a client names what it wants of this server: type and layer, two bytes each. */
const BOOT_ITEM = 71;
/** Bit of the layer's first byte: credentials are asked for (PXE's BIS), which nobody here has. */
const CREDENTIALS = 0x80;

const NO_BOOT_CLIENT = 'it is no PXE or HTTP boot client [role.proxy.no-boot-client]';
/** It drops offers without an address (U-Boot, net/bootp.c), and takes the server from the one with an address. */
const U_BOOT =
  'U-Boot fetches from the server that the router names: name this one there as next server [role.proxy.u-boot]';

/**
 * What a server that gives no addresses says to one DHCP message: an offer on 67, an acknowledgement on 4011, and nothing to
 * whoever does not ask to be booted. A server that gives addresses answers on 4011 as well: some firmware asks there anyway.
 */
export function proxyRespond(
  request: DhcpPacket,
  client: Client,
  given: Answer,
  house: DhcpHouse,
  now: number,
  port: Port,
): Response {
  const { messageType } = request.options;
  const records = port === PROXY_PORT ? [] : seen(request, client, house, now);
  const silence = (why: string): Response => ({ kind: 'silence', client, records, why });
  if (given.kind === 'silence') return silence(sentenceOfAnswer(given));
  if (client.bootClass === null) return silence(client.stage === 'firmware' ? U_BOOT : NO_BOOT_CLIENT);
  if (given.kind === 'address') return silence(sentenceOfAnswer(given));
  const isWanted =
    port === PROXY_PORT
      ? messageType === MESSAGE.request || messageType === MESSAGE.inform
      : messageType === MESSAGE.discover;
  if (!isWanted) return silence(`message type ${messageType} on port ${port} is not for a proxy [proxy.type]`);
  const item = bootItem(request);
  if (((item?.[2] ?? 0) & CREDENTIALS) !== 0) return silence('it asks for credentials of boot files [proxy.bis]');
  const boot = bootFields(client, given, house);
  const way = port === PROXY_PORT ? 'direct' : wayFor(client, house);
  return rendered(
    request,
    client,
    given,
    way === 'direct' ? withItem(boot, item) : redirected(boot),
    house,
    port,
    records,
  );
}

/** iPXE reads the file in the offer, and HTTP clients know no port 4011. */
const wayFor = (client: Client, house: DhcpHouse) =>
  client.stage === 'ipxe' || client.bootClass === 'HTTPClient'
    ? 'direct'
    : proxyWay(client, house.offersInVain(client));

const bootItem = ({ options }: DhcpPacket): Uint8Array | undefined => options.pxe?.get(BOOT_ITEM)?.subarray(0, 4);

/** The item is given back: the client looks whether the answer is to what it asked. */
function withItem(boot: BootFields, item: Uint8Array | undefined): BootFields {
  if (item === undefined) return boot;
  return { ...boot, options: { ...boot.options, pxe: new Map([...(boot.options.pxe ?? []), [BOOT_ITEM, item]]) } };
}

/** Without option 43 and without a file EDK2 takes the offer for one of BINL: it asks `siaddr` on 4011. */
function redirected(boot: BootFields): BootFields {
  const { pxe: _pxe, ...options } = boot.options;
  return { ...boot, file: '', bootFile: undefined, options };
}

function rendered(
  request: DhcpPacket,
  client: Client,
  given: Answer,
  boot: BootFields,
  house: DhcpHouse,
  port: Port,
  records: readonly LeaseRecord[],
): Response {
  const type = port === PROXY_PORT ? 'ack' : 'offer';
  const packet = proxyPacket(request, boot, type, house.server);
  const { bytes } = encodePacket(packet, { limit: sizeLimit(request.options.maxSize), split: false });
  const said = sentenceOfAnswer(given, boot.bootFile ?? `sent on to port ${PROXY_PORT}`);
  const to = destinationOf(request, type, ANY_IPV4);
  return {
    kind: 'reply',
    client,
    records,
    type: type === 'offer' ? 'proxy' : type,
    address: request.ciaddr,
    said,
    bytes,
    to,
    probe: false,
    late: 0,
  };
}

/**
 * No address and no times: an offer with `yiaddr` 0 is a proxy's. `siaddr`, `sname` and option 54 all name this server, since
 * EDK2 reads option 54 unasked where `siaddr` is 0, and iPXE takes an offer without `siaddr` for half of one.
 */
function proxyPacket(request: DhcpPacket, boot: BootFields, type: 'offer' | 'ack', server: Ipv4): DhcpPacket {
  const { machineId, relayAgent, clientId, parameters } = request.options;
  const isWanted = (code: number): boolean => parameters?.includes(code) ?? true;
  const named = boot.bootFile !== undefined && (boot.file === '' || isWanted(OPTIONS.bootFile.code));
  const options: Options = {
    ...boot.options,
    messageType: MESSAGE[type],
    serverId: server,
    ...(named ? { bootFile: boot.bootFile } : {}),
    ...(machineId === undefined ? {} : { machineId }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(relayAgent === undefined ? {} : { relayAgent }),
  };
  return {
    ...request,
    op: BOOTREPLY,
    hops: 0,
    secs: 0,
    ciaddr: type === 'ack' ? request.ciaddr : ANY_IPV4,
    yiaddr: ANY_IPV4,
    siaddr: boot.siaddr,
    sname: boot.sname,
    file: boot.file,
    options,
  };
}

/**
 * The address that a machine takes from another server stands in its REQUEST. It is kept in the lease book: files are asked for
 * from it, and whose they are is decided by it.
 */
function seen(request: DhcpPacket, client: Client, { book, rules }: DhcpHouse, now: number): readonly LeaseRecord[] {
  const { messageType, requestedAddress } = request.options;
  const address = request.ciaddr === ANY_IPV4 ? requestedAddress : request.ciaddr;
  if (messageType !== MESSAGE.request || address === undefined || client.stage === 'system') return [];
  const { network } = rules.pool.subnet;
  const { id, mac, uuid } = client;
  const before = book.of(id, network);
  const until = now + SEEN * 1000;
  const known = { id, mac, uuid: uuid ?? before?.uuid ?? null, network };
  return [{ kind: 'lease', lease: { ...known, address, state: 'bound', until, boots: true } }];
}
