import { Resolver } from 'node:dns/promises';
import type { Found, Query } from '../core/dns/respond.ts';
import { nameOf } from '../core/dns/name.ts';
import { RCODE } from '../core/dns/message.ts';
import type { RecordData } from '../core/dns/record.ts';
import { parseIpv4, type Ipv4 } from '../core/net/ipv4.ts';

/** Asks other DNS servers. */
export type Resolve = (query: Query) => Promise<Found>;

/** Milliseconds until the next server is asked, and rounds through all of them: together less than clients wait. */
const PATIENCE = { timeout: 1500, tries: 2 } as const;
/** Seconds, where c-ares does not tell how long a record may be kept. */
const TTL = 60;

const CODES: Readonly<Record<string, number>> = { ENOTFOUND: RCODE.noName, ENODATA: RCODE.ok, EREFUSED: RCODE.refused };

/** Asks these servers by c-ares, which is a part of Node. */
export function resolverOf(servers: readonly Ipv4[]): Resolve {
  const resolver = new Resolver(PATIENCE);
  resolver.setServers(servers);
  return async (query) => {
    try {
      return { code: RCODE.ok, records: await ASK[query.type](resolver, query.name) };
    } catch (error) {
      return { code: CODES[(error as NodeJS.ErrnoException).code ?? ''] ?? RCODE.failed, records: [] };
    }
  };
}

type Records = Found['records'];
type Ask = (resolver: Resolver, name: string) => Promise<Records>;

const kept = (data: RecordData, ttl = TTL): Records[number] => ({ ttl, data });

const ASK: Readonly<Record<Query['type'], Ask>> = {
  A: async (resolver, name) =>
    (await resolver.resolve4(name, { ttl: true })).flatMap(({ address, ttl }) => {
      const parsed = parseIpv4(address);
      return parsed === undefined ? [] : kept({ type: 'A', address: parsed }, ttl);
    }),
  AAAA: async (resolver, name) =>
    (await resolver.resolve6(name, { ttl: true })).map(({ address, ttl }) =>
      kept({ type: 'AAAA', bytes: ipv6Bytes(address) }, ttl),
    ),
  CNAME: async (resolver, name) => (await resolver.resolveCname(name)).map((to) => kept(pointing('CNAME', to))),
  NS: async (resolver, name) => (await resolver.resolveNs(name)).map((to) => kept(pointing('NS', to))),
  PTR: async (resolver, name) => (await resolver.resolvePtr(name)).map((to) => kept(pointing('PTR', to))),
  MX: async (resolver, name) =>
    (await resolver.resolveMx(name)).map(({ exchange, priority }) =>
      kept({ type: 'MX', preference: priority, target: nameOf(exchange) }),
    ),
  SRV: async (resolver, name) =>
    (await resolver.resolveSrv(name)).map(({ name: to, port, priority, weight }) =>
      kept({ type: 'SRV', priority, weight, port, target: nameOf(to) }),
    ),
  TXT: async (resolver, name) =>
    (await resolver.resolveTxt(name)).map((texts) =>
      kept({ type: 'TXT', texts: texts.map((text) => Buffer.from(text, 'latin1')) }),
    ),
  SOA: async (resolver, name) => {
    const { nsname, hostmaster, serial, refresh, retry, expire, minttl } = await resolver.resolveSoa(name);
    const names = { primary: nameOf(nsname), mailbox: nameOf(hostmaster) };
    return [kept({ type: 'SOA', soa: { ...names, serial, refresh, retry, expire, minimum: minttl } })];
  },
};

const pointing = (type: 'CNAME' | 'NS' | 'PTR', to: string): RecordData => ({ type, target: nameOf(to) });

/** The 16 bytes of an address as c-ares writes it, `::` and a dotted quad at the end included (RFC 4291 2.2). */
export function ipv6Bytes(text: string): Uint8Array {
  const quad = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const [, a = '', b = '', c = '', d = ''] = quad ?? [];
  const pair = (one: string, two: string): string => (Number(one) * 256 + Number(two)).toString(16);
  const plain = quad === null ? text : `${text.slice(0, quad.index)}${pair(a, b)}:${pair(c, d)}`;
  const [front = [], back] = plain.split('::').map((part) => part.split(':').filter(Boolean));
  const zeroes = Array.from({ length: Math.max(0, 8 - front.length - (back?.length ?? 0)) }, () => '0');
  const groups = [...front, ...zeroes, ...(back ?? [])].slice(0, 8);
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]),
  );
}
