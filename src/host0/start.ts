import type { BootView } from '../core/api/service.ts';
import { dhcpDetail } from '../core/boot/timeline.ts';
import { SERVER_PORT } from '../core/dhcp/destination.ts';
import { PROXY_PORT } from '../core/dhcp/proxy.ts';
import { rangeText, subnetText } from '../core/net/ipv4.ts';
import type { Mac } from '../core/net/mac.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Link } from '../shell/link.ts';
import type { Log } from '../shell/log.ts';
import type { UdpPort } from '../shell/udp.ts';
import { announce } from './announcing.ts';
import { serveDhcp, type DhcpDeps } from './dhcp.ts';
import { openDns } from './dns.ts';
import { dhcpHouses, furnish, type Host0Deps, type Host0Options, type House } from './house.ts';
import { writeJournal } from './leases.ts';
import type { Machines } from './machines.ts';
import type { ServedNetwork } from './networks.ts';
import { Links } from './links.ts';
import { noPast } from './pastCounts.ts';
import { serveProxy } from './proxy.ts';
import { openHttp, openTftp, type FileServing, type Opened, type RunningServers } from './serveFiles.ts';

export interface Host0 {
  readonly boot: BootView;
  readonly httpPort: number;
  /** Closes all that is open on a network; leases and timelines stay, and so do the other networks. */
  close(link: ServedNetwork): Promise<void>;
  /** Opens a network that was closed; throws Failure where it cannot be. */
  open(link: ServedNetwork): Promise<void>;
  /** Looks again which loaders are there; they are looked for once at the start. */
  lookForLoaders(): Promise<void>;
  stop(): Promise<void>;
}

const TFTP_PORT = 69;

/** Starts everything that serves boots, in this order. */
export async function startHost0(options: Host0Options, deps: Host0Deps): Promise<Host0> {
  const stopping = new AbortController();
  const links = new Links(deps.openUdp);
  let written: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    // First, so that no lease is given after the journal was written for the last time.
    await links.closeAll();
    stopping.abort();
    await written;
    await deps.journal.close();
  };
  try {
    for (const link of options.networks) await links.begin(link);
    const house = await furnish(options, deps, links.wake, stopping.signal);
    // First: the machines need a minute until they ask for anything.
    wakeKnown(house.machines, house.want);
    const running: RunningServers = { http: [], https: [], tftp: [], past: noPast() };
    let httpPort = 0;
    const open = (one: ServedNetwork): Promise<void> =>
      links.open(one, async (link, opened, signal) => {
        const serving: FileServing = { options, link, deps, house, running, opened, signal };
        const port = await openHttp(serving);
        httpPort ||= port;
        await serveUdp(serving, signal);
      });
    // One after the other: what fails first is what is said.
    for (const link of options.networks) await open(link);
    written = writeJournal(house.leases, deps.clock, stopping.signal);
    // Loaded while the first machines are already being answered.
    void house.service().catch((error: unknown) => deps.log.say('HTTP_BROKEN', { why: sentenceOf(error) }));
    sayServing(options.release, house, deps.log);
    const close = (link: ServedNetwork): Promise<void> => links.close(link);
    return { boot: house.machines, httpPort, close, open, lookForLoaders: house.lookForLoaders, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openOn(link: ServedNetwork, deps: Host0Deps, opened: Opened, port: number): Promise<UdpPort> {
  const udp = await deps.openUdp({ port, interface: link.interface });
  opened.push(() => udp.close());
  return udp;
}

/** Raw frames on an interface; without them everything works but what only they can do. */
async function openRaw(link: ServedNetwork, { openLink, log }: Host0Deps, opened: Opened): Promise<Link | undefined> {
  try {
    const raw = await openLink?.(link.interface);
    if (raw !== undefined) opened.push(() => raw.close());
    return raw;
  } catch (error) {
    log.say('DHCP_LINK_FAILED', { interface: link.interface, why: sentenceOf(error) });
    return undefined;
  }
}

async function serveUdp(serving: FileServing, signal: AbortSignal): Promise<void> {
  const { options, link, deps, house, opened } = serving;
  const { clock, log } = deps;
  const { machines, leases } = house;
  openTftp(await openOn(link, deps, opened, TFTP_PORT), serving);
  const raw = await openRaw(link, deps, opened);
  const booting: DhcpDeps['booting'] = (mac, stage, address) =>
    machines.step(mac, 'dhcp', dhcpDetail(machines.timelines.of(mac), stage, address));
  const { address } = link;
  if (raw !== undefined) void announce(raw, link.interface, address, deps, signal);
  const closeDns = await openDns(options, link, deps, house);
  if (closeDns !== undefined) opened.push(closeDns);
  const networks = dhcpHouses(options, house, link, closeDns !== undefined);
  serveProxy(await openOn(link, deps, opened, PROXY_PORT), { networks, clock, log });
  // Last: a machine that is given an address must find all the rest.
  const port = await openOn(link, deps, opened, SERVER_PORT);
  serveDhcp(port, { networks, leases, clock, log, address, link: raw, booting }, signal);
}

/** Listed machines that may be woken, and those that booted from here before and are not listed. */
function wakeKnown(machines: Machines, want: (mac: Mac) => void): void {
  for (const { mac } of machines.machines()) {
    const { entry, wish } = machines.machine(mac);
    if ((entry?.wake ?? true) && wish.kind !== 'refuse') want(mac);
  }
}

function sayServing(release: string, { networks }: House, log: Log): void {
  for (const { served, name: network, role, pool } of networks()) {
    if (served === undefined) continue;
    const { interface: card, address, subnet } = served;
    const ranges = pool.ranges?.length ? pool.ranges.map(rangeText).join(', ') : 'all that is free';
    const gives = role === 'full' || role === 'emergency' ? `addresses ${ranges}` : 'no addresses';
    const values = { release, network, interface: card, address, subnet: subnetText(subnet), role, gives };
    log.say('BOOT_SERVING', values);
  }
}
