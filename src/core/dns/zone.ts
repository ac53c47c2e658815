import { inSubnet, parseIpv4, type Ipv4, type Subnet } from '../net/ipv4.ts';
import { RCODE, type DnsRecord, type Question } from './message.ts';
import { below, nameOf, nameText, type Name } from './name.ts';
import { codeOf, typeOfCode, type RecordData } from './record.ts';

/** What this server knows by itself: the cluster's names, and the addresses of its subnets. */
export interface Zone {
  /** `lab.internal` */
  readonly domain: string;
  readonly subnets: readonly Subnet[];
  /** The service address; also `pxen.<domain>`. */
  readonly server: Ipv4;
  /** Addresses by name, without the domain, in small letters. */
  readonly hosts: ReadonlyMap<string, Ipv4>;
  /** Names by address. */
  readonly names: ReadonlyMap<Ipv4, string>;
}

/** What a zone says to a question. */
export interface ZoneAnswer {
  readonly code: number;
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
}

/** The name under which this server itself is found. */
const SERVER_LABEL = 'pxen';
/** Seconds. Addresses of machines move while they boot, so that nobody should keep them for long. */
const TTL = 30;
const ANY = 255;
const REVERSE: Name = ['in-addr', 'arpa'];

/** A zone of these machines. The first to have a name or an address keeps it. */
export function zoneOf(
  place: Pick<Zone, 'domain' | 'subnets' | 'server'>,
  machines: Iterable<{ readonly name: string; readonly address: Ipv4 | null }>,
): Zone {
  const hosts = new Map<string, Ipv4>([[SERVER_LABEL, place.server]]);
  const names = new Map<Ipv4, string>();
  for (const { name, address } of machines) {
    const label = name.toLowerCase();
    if (address === null || hosts.has(label)) continue;
    hosts.set(label, address);
    if (!names.has(address)) names.set(address, label);
  }
  if (!names.has(place.server)) names.set(place.server, SERVER_LABEL);
  return { ...place, hosts, names };
}

/** The answer to a question about the cluster; undefined where it is about something else. */
export function zoneAnswer(zone: Zone, question: Question): ZoneAnswer | undefined {
  const apex = nameOf(zone.domain);
  const front = below(question.name, apex);
  if (front !== undefined) return answer(question, apex, forward(zone, front), zone);
  const reversed = below(question.name, REVERSE);
  return reversed === undefined ? undefined : reverse(zone, question, reversed);
}

/** The records of a name; undefined where there is no such name. */
function forward(zone: Zone, front: Name): readonly RecordData[] | undefined {
  if (front.length === 0) return apexData(zone);
  const address = front.length === 1 ? zone.hosts.get(nameText(front)) : undefined;
  return address === undefined ? undefined : [{ type: 'A', address }];
}

const serverName = ({ domain }: Zone): Name => [SERVER_LABEL, ...nameOf(domain)];

/** No other server copies this zone, so its serial number never has to grow. */
const apexData = (zone: Zone): readonly RecordData[] => [
  {
    type: 'SOA',
    soa: {
      primary: serverName(zone),
      mailbox: ['hostmaster', ...nameOf(zone.domain)],
      serial: 1,
      refresh: 3600,
      retry: 600,
      expire: 86400,
      minimum: TTL,
    },
  },
  { type: 'NS', target: serverName(zone) },
];

/**
 * Addresses of the subnets are ours, whether anybody has them or not; others are not. They are told as if each 256 of them were
 * a zone, which is where reverse zones are cut (RFC 1035 3.5).
 */
function reverse(zone: Zone, question: Question, labels: Name): ZoneAnswer | undefined {
  const isApex = labels.length === 3;
  const address = parseIpv4([...labels.toReversed(), ...(isApex ? ['0'] : [])].join('.'));
  const ours = zone.subnets.filter(({ prefix }) => !isApex || prefix <= 24);
  if (address === undefined || !ours.some((subnet) => inSubnet(subnet, address))) return undefined;
  if (isApex) return answer(question, question.name, apexData(zone), zone);
  const label = zone.names.get(address);
  const data = label === undefined ? undefined : [{ type: 'PTR', target: [label, ...nameOf(zone.domain)] } as const];
  return answer(question, question.name.slice(1), data, zone);
}

/** A name that is there but has nothing of the type asked for gets an empty answer, and the SOA with it (RFC 2308 2). */
function answer(question: Question, apex: Name, data: readonly RecordData[] | undefined, zone: Zone): ZoneAnswer {
  const record = (name: Name, one: RecordData): DnsRecord => ({ name, class: 1, ttl: TTL, data: one });
  const soa = apexData(zone)
    .filter(({ type }) => type === 'SOA')
    .map((one) => record(apex, one));
  if (data === undefined) return { code: RCODE.noName, answers: [], authority: soa };
  const wanted = data.filter((one) => question.type === ANY || codeOf(one) === question.type);
  const answers = wanted.map((one) => record(question.name, one));
  return { code: RCODE.ok, answers, authority: answers.length === 0 ? soa : [] };
}

/** How a type is called in a log. */
export const typeName = (code: number): string => typeOfCode(code) ?? `type ${code}`;
