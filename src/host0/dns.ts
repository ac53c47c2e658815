import { framed, framesOf } from '../core/dns/framing.ts';
import { dnsStep, foundReply, type DnsHouse, type Way } from '../core/dns/respond.ts';
import { zoneOf, type Zone } from '../core/dns/zone.ts';
import { vmMac } from '../core/identity/uuid.ts';
import { inSubnet, type Ipv4 } from '../core/net/ipv4.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Conversation, ServeStream } from '../shell/stream.ts';
import type { Resolve } from '../shell/resolver.ts';
import type { UdpPort } from '../shell/udp.ts';
import type { Clock } from '../shell/clock.ts';
import type { Log } from '../shell/log.ts';
import type { Host0Deps, Host0Options, House } from './house.ts';
import type { Network, ServedNetwork } from './networks.ts';

/** What DNS needs of the machine. Without it, names are not served. */
export interface DnsMeans {
  readonly serveStream: ServeStream;
  readonly resolverOf: (servers: readonly Ipv4[]) => Resolve;
}

const PORT = 53;
/** Milliseconds for which the table of names is kept: it is made from all machines. */
const ZONE_KEPT = 1000;
/** Questions passed on at once. Beyond that a client is left to ask again, or another server. */
const MOST_PASSED = 200;
/** Of TCP: milliseconds of silence, connections at once. */
const STREAM = { idle: 10_000, most: 64 } as const;

interface DnsDeps {
  readonly house: (from: Ipv4) => DnsHouse;
  readonly resolve: Resolve;
  readonly log: Log;
}

/** Serves names on the address of a network and gives how to end it. Where that cannot be, says so: machines boot all the same. */
export async function openDns(
  options: Host0Options,
  link: ServedNetwork,
  deps: Host0Deps,
  house: House,
): Promise<(() => Promise<void>) | undefined> {
  const { dns, clock, log } = deps;
  if (dns === undefined || link.role === 'proxy' || link.role === 'silent') return undefined;
  const zone = zoneMaker(options, link, house, clock);
  const servers = (): readonly Ipv4[] => networkAt(house, link)?.dnsServers ?? [];
  const answer = answerer({ house: houseOf(house, zone, servers), resolve: resolving(servers, dns), log });
  try {
    const close = await open(link, deps, dns, answer);
    const others = servers().join(', ') || 'nobody';
    log.say('DNS_SERVING', { domain: zone().domain, address: link.address, servers: others });
    return close;
  } catch (error) {
    log.say('DNS_NOT_SERVED', { why: sentenceOf(error) });
    return undefined;
  }
}

async function open({ address }: ServedNetwork, { openUdp }: Host0Deps, dns: DnsMeans, answer: Answer) {
  const udp = await openUdp({ port: PORT, address });
  try {
    const begin = (from: Ipv4): Conversation => conversation(from, answer);
    const stream = await dns.serveStream({ address, port: PORT, ...STREAM, begin });
    answerDatagrams(udp, answer);
    return async (): Promise<void> => {
      udp.close();
      await stream.close();
    };
  } catch (error) {
    udp.close();
    throw error;
  }
}

const networkAt = ({ networks }: House, link: ServedNetwork): Network | undefined =>
  networks().find(({ served }) => served === link);

/** Strangers from other networks are told of the cluster's names, but nothing is asked for them: that is an open resolver. */
const houseOf =
  ({ networks }: House, zone: () => Zone, servers: () => readonly Ipv4[]) =>
  (from: Ipv4): DnsHouse => ({
    zone: zone(),
    forwards: servers().length > 0 && networks().some(({ subnet }) => inSubnet(subnet, from)),
  });

/** Asks the servers that cluster.yaml names now. */
function resolving(servers: () => readonly Ipv4[], { resolverOf }: DnsMeans): Resolve {
  let known: { readonly of: string; readonly resolve: Resolve } | undefined;
  return (query) => {
    const of = servers().join(' ');
    if (known?.of !== of) known = { of, resolve: resolverOf(servers()) };
    return known.resolve(query);
  };
}

/** Machines by the names they are told, guests by those of cluster.yaml; made anew when a second has passed. */
function zoneMaker(options: Host0Options, link: ServedNetwork, house: House, clock: Clock): () => Zone {
  const { machines, leases, networks } = house;
  let made: { readonly at: number; readonly zone: Zone } | undefined;
  return () => {
    if (made !== undefined && clock.now() - made.at < ZONE_KEPT) return made.zone;
    const { cluster, hosts, vms } = options.cluster();
    const here = hosts
      .filter(({ mac }) => mac !== undefined && options.own.has(mac))
      .flatMap(({ name }) => (name === undefined ? [] : { name, address: link.address }));
    const guests = vms.map(({ name }) => ({
      name,
      address: leases.book.ofMac(vmMac(cluster.name, name))?.address ?? null,
    }));
    const domain = networkAt(house, link)?.domain ?? `${cluster.name}.internal`;
    const place = { domain, subnets: networks().map(({ subnet }) => subnet), server: link.address };
    made = { at: clock.now(), zone: zoneOf(place, [...here, ...machines.machines(), ...guests]) };
    return made.zone;
  };
}

type Answer = (bytes: Uint8Array, from: Ipv4, way: Way) => Promise<Uint8Array | undefined>;

/** Answers a message itself or by what other servers say, so many at once. */
function answerer({ house, resolve, log }: DnsDeps): Answer {
  let passed = 0;
  const silence = (from: Ipv4, why: string): undefined => {
    log.say('DNS_SILENT', { from, why });
    return undefined;
  };
  return async (bytes, from, way) => {
    const step = dnsStep(bytes, house(from), way);
    if (step.kind === 'silence') return silence(from, step.why);
    if (step.kind === 'reply') {
      log.say('DNS_ANSWERED', { from, said: step.said });
      return step.bytes;
    }
    if (passed >= MOST_PASSED) return silence(from, `${passed} questions are under way`);
    passed += 1;
    try {
      return foundReply(step.request, await resolve(step.query), way);
    } catch (error) {
      return silence(from, sentenceOf(error));
    } finally {
      passed -= 1;
    }
  };
}

function answerDatagrams(port: UdpPort, answer: Answer): void {
  port.receive((bytes, from) => {
    void answer(bytes, from.address, 'udp').then((reply) => (reply === undefined ? undefined : port.send(reply, from)));
  });
}

function conversation(from: Ipv4, answer: Answer): Conversation {
  let held = new Uint8Array();
  return async (bytes) => {
    const { messages, rest } = framesOf(Buffer.concat([held, bytes]));
    held = Uint8Array.from(rest);
    const replies = await Promise.all(messages.map((message) => answer(message, from, 'tcp')));
    return replies.flatMap((reply) => (reply === undefined ? [] : framed(reply)));
  };
}
