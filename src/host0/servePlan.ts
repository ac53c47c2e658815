import type { Role } from '../core/boot/answer.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import type { Link } from '../core/discover/ip.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { parseMac, type Mac } from '../core/net/mac.ts';
import { deafness } from '../core/plan/deafLink.ts';
import { chooseLinks, type ChosenLink, type LinkWishes } from '../core/plan/servedLinks.ts';
import { nodeCrypto } from '../shell/builtin.ts';
import type { Clock } from '../shell/clock.ts';
import { containerKind } from '../shell/container.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import { readLinks } from '../shell/interfaces.ts';
import type { Log } from '../shell/log.ts';
import type { Run } from '../shell/run.ts';
import type { OpenUdp } from '../shell/udp.ts';
import type { ServedNetwork } from './networks.ts';
import { otherServer } from './serveProbe.ts';

/** The networks that a machine serves, and its own cards. */
export interface Planned {
  readonly networks: readonly [ServedNetwork, ...ServedNetwork[]];
  readonly own: ReadonlySet<Mac>;
}

export interface PlanDeps {
  readonly run: Run;
  readonly openUdp: OpenUdp;
  readonly clock: Clock;
  readonly log: Log;
  /** Interfaces on which this server gives addresses already: nobody is asked there. */
  readonly given: ReadonlySet<string>;
}

/**
 * What of a cluster this machine serves, on which interface and in which role. Throws Failure where something that was named
 * cannot be served, nothing can, or another DHCP server answers where nobody said who gives addresses.
 */
export async function planNetworks(cluster: Cluster, wishes: LinkWishes, deps: PlanDeps): Promise<Planned> {
  const here = await readLinks(deps.run);
  const { links, problems, elsewhere } = chooseLinks(cluster, here, wishes);
  const [first] = problems;
  if (first !== undefined) throw new Failure(first.what, first.remedy);
  for (const network of elsewhere.filter((name) => !(cluster.networks[name]?.relays ?? false)))
    deps.log.say('SERVE_ELSEWHERE', { network });
  const own = new Set(here.flatMap(({ addresses }) => addresses.map((text) => text.split('/')[0] as Ipv4)));
  const planned = await Promise.all(links.map((link) => plannedLink(link, own, deps)));
  const [one, ...others] = planned.flat();
  if (one === undefined) throw nothingToServe(elsewhere);
  await tellDeaf([one, ...others], here, deps.log);
  return { networks: [one, ...others], own: new Set(here.flatMap(({ mac }) => parseMac(mac) ?? [])) };
}

/** A server that hears nobody looks as if it were well: whoever began it should know. */
async function tellDeaf(served: readonly ServedNetwork[], here: readonly Link[], log: Log): Promise<void> {
  const container = await containerKind();
  for (const link of here.filter(({ name }) => served.some((one) => one.interface === name))) {
    const why = deafness(link, container);
    if (why !== undefined) log.say('SERVE_DEAF', { why });
  }
}

function nothingToServe(elsewhere: readonly string[]): Failure {
  const what =
    elsewhere.length === 0
      ? 'there is nothing to serve: every network of cluster.yaml says `dhcp: silent`'
      : `no interface of this machine is in a network of cluster.yaml (${elsewhere.join(', ')})`;
  return new Failure(what, 'Correct `networks` in cluster.yaml, or name an interface with --interface.');
}

async function plannedLink(link: ChosenLink, own: ReadonlySet<Ipv4>, deps: PlanDeps): Promise<ServedNetwork[]> {
  const { network, interface: name, address, subnet, entry } = link;
  if (entry?.dhcp === 'silent') deps.log.say('SERVE_SILENT', { network, interface: name });
  if (entry?.dhcp === 'silent') return [];
  const role = await roleOf(link, own, deps);
  const rest = { gateway: undefined, dnsServers: [], domain: undefined };
  return [{ network, interface: name, address, subnet, role, ...rest }];
}

/** `auto` is the full role, unless somebody else gives addresses: two who do so do harm. */
async function roleOf(link: ChosenLink, own: ReadonlySet<Ipv4>, deps: PlanDeps): Promise<Role> {
  const { network, interface: name, entry } = link;
  if (entry?.dhcp === 'full' || entry?.dhcp === 'proxy') return entry.dhcp;
  const asked = deps.given.has(name) ? '' : await askAround(link, own, deps);
  deps.log.say('SERVE_AUTO', { network, interface: name, asked });
  return 'full';
}

/** Throws Failure where another DHCP server answers; gives what else is to be said. */
async function askAround({ network, interface: name }: ChosenLink, own: ReadonlySet<Ipv4>, deps: PlanDeps) {
  const random = new Uint8Array(nodeCrypto().randomBytes(6));
  try {
    const other = await otherServer(name, { openUdp: deps.openUdp, clock: deps.clock, random, own });
    if (other === undefined) return '; no other DHCP server answered';
    throw new Failure(
      `another DHCP server, ${other}, gives addresses on ${name}`,
      `Write networks.${network}.dhcp: proxy into cluster.yaml, so that pxen only says what boots; or full, and end the other one.`,
    );
  } catch (error) {
    if (error instanceof Failure && error.message.startsWith('another DHCP server')) throw error;
    return `, and nobody could be asked whether another server does: ${sentenceOf(error)}`;
  }
}
