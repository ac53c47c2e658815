import type { Answer } from '../boot/answer.ts';
import type { Client } from '../boot/client.ts';
import { bootFields, NO_BOOT, type BootFields, type BootServer } from '../boot/offer.ts';
import { ANY_IPV4, type Ipv4 } from '../net/ipv4.ts';
import type { NetworkHabits } from './habits.ts';
import type { LeaseReply } from './lease.ts';
import { OPTIONS, type OptionName, type Options } from './options.ts';
import { BOOTREPLY, FLAG_BROADCAST, MESSAGE, type DhcpPacket } from './packet.ts';
import { hash32, type MachineId } from './pool.ts';
import { relayInfo } from './relayInfo.ts';
import type { RawOptions } from './tlv.ts';

/** What replies say of the network and of this server. */
export interface ReplyFacts extends BootServer {
  readonly subnetMask: Ipv4;
  readonly router: Ipv4 | undefined;
  readonly dnsServers: readonly Ipv4[];
  readonly domain: string | undefined;
  /** The name a machine should call itself. */
  hostName(client: Client): string | undefined;
}

type Granted = Exclude<LeaseReply, { kind: 'none' }>;
type Draft = { -readonly [K in OptionName]?: Options[K] };

/** The reply to a request (RFC 2131 4.3.1, tables 1 and 3). */
export function replyPacket(
  request: DhcpPacket,
  client: Client,
  reply: Granted,
  given: Answer,
  facts: ReplyFacts,
  habits: NetworkHabits,
): DhcpPacket {
  const boot = reply.kind === 'nak' ? NO_BOOT : bootFields(client, given, facts);
  return {
    op: BOOTREPLY,
    htype: request.htype,
    hlen: request.hlen,
    hops: 0,
    xid: request.xid,
    secs: 0,
    flags: reply.kind === 'nak' && request.giaddr !== ANY_IPV4 ? request.flags | FLAG_BROADCAST : request.flags,
    ciaddr: reply.kind === 'ack' || reply.kind === 'inform' ? request.ciaddr : ANY_IPV4,
    yiaddr: 'address' in reply ? reply.address : ANY_IPV4,
    siaddr: boot.siaddr,
    giaddr: request.giaddr,
    chaddr: request.chaddr,
    sname: boot.sname,
    file: boot.file,
    options: optionsOf(request, client, reply, boot, facts, habits),
    terminated: request.terminated === true,
    extra: reply.kind === 'nak' ? undefined : extraOf(request, habits.options(client)),
  };
}

function optionsOf(
  request: DhcpPacket,
  client: Client,
  reply: Granted,
  boot: BootFields,
  facts: ReplyFacts,
  habits: NetworkHabits,
): Options {
  const options: Draft = {};
  if (reply.kind !== 'bootp') sayType(options, request, reply, facts);
  echo(options, request, habits);
  if (reply.kind === 'nak') options.message = reply.why;
  else sayNetwork(options, request, facts, facts.hostName(client));
  if (reply.kind === 'offer' || reply.kind === 'ack') sayTimes(options, reply.seconds, client.id);
  sayBoot(options, request, boot);
  return options;
}

function sayType(options: Draft, request: DhcpPacket, reply: Granted, facts: ReplyFacts): void {
  options.messageType = TYPE[reply.kind];
  options.serverId = relayInfo(request.options.relayAgent).serverId ?? facts.server;
}

const TYPE = {
  offer: MESSAGE.offer,
  ack: MESSAGE.ack,
  inform: MESSAGE.ack,
  nak: MESSAGE.nak,
  bootp: 0,
} as const;

function echo(options: Draft, request: DhcpPacket, habits: NetworkHabits): void {
  const { clientId, machineId, relayAgent } = request.options;
  if (clientId !== undefined && habits.echoClientId) options.clientId = clientId;
  if (machineId !== undefined) options.machineId = machineId;
  if (relayAgent !== undefined) options.relayAgent = relayAgent;
}

/** Only what the client asks for, where it says what it wants. */
const wants = ({ options }: DhcpPacket, code: number): boolean => options.parameters?.includes(code) ?? true;

function sayNetwork(options: Draft, request: DhcpPacket, facts: ReplyFacts, hostName: string | undefined): void {
  const { router, dnsServers, domain } = facts;
  const wanted = (name: OptionName): boolean => wants(request, OPTIONS[name].code);
  options.subnetMask = facts.subnetMask;
  if (router !== undefined && wanted('router')) options.router = [router];
  if (dnsServers.length > 0 && wanted('dnsServers')) options.dnsServers = dnsServers;
  if (hostName !== undefined && wanted('hostName')) options.hostName = hostName;
  if (domain === undefined) return;
  if (wanted('domainName')) options.domainName = domain;
  if (wanted('domainSearch')) options.domainSearch = [domain];
}

/** Spread by up to a sixteenth, so that machines started together do not renew together (RFC 2131 4.4.5). */
function sayTimes(options: Draft, seconds: number, id: MachineId): void {
  const early = Math.floor((seconds * (hash32(id) % 64)) / 1024);
  options.leaseTime = seconds;
  options.renewalTime = Math.floor(seconds / 2) - early;
  options.rebindingTime = Math.floor((seconds * 7) / 8) - early;
}

/** What a boot needs comes whether asked for or not. */
const ALWAYS: ReadonlySet<string> = new Set(['vendorClass', 'pxe', 'ipxe']);

/** A boot file that found no room in its field goes out as option 67 to anybody: it is all the client will get. */
function sayBoot(options: Draft, request: DhcpPacket, boot: BootFields): void {
  const { bootFile, file } = boot;
  for (const name of Object.keys(boot.options) as OptionName[]) {
    if (ALWAYS.has(name) || wants(request, OPTIONS[name].code)) Object.assign(options, { [name]: boot.options[name] });
  }
  if (bootFile !== undefined && (file === '' || wants(request, OPTIONS.bootFile.code))) options.bootFile = bootFile;
}

function extraOf(request: DhcpPacket, extra: RawOptions | undefined): RawOptions | undefined {
  if (extra === undefined || extra.size === 0 || request.options.parameters === undefined) return extra;
  return new Map([...extra].filter(([code]) => wants(request, code)));
}
