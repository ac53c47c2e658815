import type { Answer } from '../boot/answer.ts';
import type { Client } from '../boot/client.ts';
import { bootFields, NO_BOOT, type BootFields, type BootServer } from '../boot/offer.ts';
import { ANY_IPV4, type Ipv4 } from '../net/ipv4.ts';
import type { LeaseReply } from './lease.ts';
import { OPTIONS, type OptionName, type Options } from './options.ts';
import { BOOTREPLY, FLAG_BROADCAST, MESSAGE, type DhcpPacket } from './packet.ts';
import { hash32, type MachineId } from './pool.ts';

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

/** The reply to a request (RFC 2131 4.3.1, tables 1 and 3). */
export function replyPacket(
  request: DhcpPacket,
  client: Client,
  reply: Granted,
  given: Answer,
  facts: ReplyFacts,
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
    options: {
      ...alwaysOptions(request, reply, facts),
      ...grantOptions(request, client, reply, facts),
      ...bootOptions(request, boot),
    },
  };
}

function alwaysOptions(request: DhcpPacket, reply: Granted, facts: ReplyFacts): Options {
  const { clientId, machineId, relayAgent } = request.options;
  return {
    messageType: { offer: MESSAGE.offer, ack: MESSAGE.ack, inform: MESSAGE.ack, nak: MESSAGE.nak }[reply.kind],
    serverId: facts.server,
    ...(clientId === undefined ? {} : { clientId }),
    ...(machineId === undefined ? {} : { machineId }),
    ...(relayAgent === undefined ? {} : { relayAgent }),
    ...(reply.kind === 'nak' ? { message: reply.why } : {}),
  };
}

function grantOptions(request: DhcpPacket, client: Client, reply: Granted, facts: ReplyFacts): Options {
  if (reply.kind === 'nak') return {};
  const hostName = facts.hostName(client);
  const network: Options = {
    ...(facts.router === undefined ? {} : { router: [facts.router] }),
    ...(facts.dnsServers.length === 0 ? {} : { dnsServers: facts.dnsServers }),
    ...(facts.domain === undefined ? {} : { domainName: facts.domain, domainSearch: [facts.domain] }),
    ...(hostName === undefined ? {} : { hostName }),
  };
  const times = 'seconds' in reply ? leaseTimes(reply.seconds, client.id) : {};
  return { subnetMask: facts.subnetMask, ...times, ...wanted(request, network) };
}

/** Only what the client asks for, where it says what it wants; the options of a boot come whether asked for or not. */
function wanted(request: DhcpPacket, options: Options): Options {
  const { parameters } = request.options;
  if (parameters === undefined) return options;
  const isWanted = (name: string): boolean => {
    const { code } = OPTIONS[name as OptionName];
    return parameters.includes(code) || ['vendorClass', 'pxe', 'ipxe'].includes(name);
  };
  return Object.fromEntries(Object.entries(options).filter(([name]) => isWanted(name)));
}

/** A boot file that found no room in its field goes out as option 67 to anybody: it is all the client will get. */
function bootOptions(request: DhcpPacket, boot: BootFields): Options {
  const named: Options = boot.bootFile === undefined ? {} : { bootFile: boot.bootFile };
  return { ...wanted(request, boot.options), ...(boot.file === '' ? named : wanted(request, named)) };
}

/** Spread by up to a sixteenth, so that machines started together do not renew together (RFC 2131 4.4.5). */
function leaseTimes(seconds: number, id: MachineId): Options {
  const early = Math.floor((seconds * (hash32(id) % 64)) / 1024);
  return {
    leaseTime: seconds,
    renewalTime: Math.floor(seconds / 2) - early,
    rebindingTime: Math.floor((seconds * 7) / 8) - early,
  };
}
