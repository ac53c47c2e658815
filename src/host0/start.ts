import { BEACON_PORT, timelineStep } from '../core/boot/beacon.ts';
import type { BootView } from '../core/api/service.ts';
import { dhcpDetail } from '../core/boot/timeline.ts';
import { SERVER_PORT } from '../core/dhcp/destination.ts';
import { PROXY_PORT } from '../core/dhcp/proxy.ts';
import { subnetText } from '../core/net/ipv4.ts';
import type { Mac } from '../core/net/mac.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Link } from '../shell/link.ts';
import type { Log } from '../shell/log.ts';
import type { UdpPort } from '../shell/udp.ts';
import { hearBeacons } from './beacon.ts';
import { serveDhcp, type DhcpDeps } from './dhcp.ts';
import { openDns } from './dns.ts';
import { dhcpHouses, furnish, type Host0Deps, type Host0Options } from './house.ts';
import { writeJournal } from './leases.ts';
import type { Machines } from './machines.ts';
import type { ServedNetwork } from './networks.ts';
import { serveProxy } from './proxy.ts';
import { openHttp, openTftp, type FileServing, type Opened, type RunningServers } from './serveFiles.ts';

export interface Host0 {
  readonly boot: BootView;
  readonly httpPort: number;
  stop(): Promise<void>;
}

const TFTP_PORT = 69;

/** Starts everything that serves boots, in this order. */
export async function startHost0(options: Host0Options, deps: Host0Deps): Promise<Host0> {
  const stopping = new AbortController();
  const opened: Opened = [() => stopping.abort()];
  try {
    const wakePorts = await eachOf(options.networks, (link) => openOn(link, deps, opened, 0));
    const house = await furnish(options, deps, joined(wakePorts), stopping.signal);
    // First: the machines need a minute until they ask for anything.
    wakeKnown(house.machines, house.want);
    const running: RunningServers = { http: [], https: [], tftp: [] };
    const files = (link: ServedNetwork): FileServing => ({ options, link, deps, house, running, opened });
    const ports = await eachOf(options.networks, (link) => openHttp(files(link)));
    for (const link of options.networks) await serveUdp(files(link), stopping.signal);
    const written = writeJournal(house.leases, deps.clock, stopping.signal);
    opened.push(
      () => written,
      () => deps.journal.close(),
    );
    // Loaded while the first machines are already being answered.
    void house.service().catch((error: unknown) => deps.log.say('HTTP_BROKEN', { why: sentenceOf(error) }));
    for (const link of options.networks) sayServing(options.release, link, deps.log);
    return { boot: house.machines, httpPort: ports[0] ?? options.httpPort, stop: () => closeAll(opened) };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

/** One after the other: what fails first is what is said. */
async function eachOf<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const one of all) results.push(await work(one));
  return results;
}

/** What goes out by one goes out by all. */
function joined(ports: readonly UdpPort[]): UdpPort {
  return {
    port: ports[0]?.port ?? 0,
    send: (bytes, to, failed) => ports.forEach((port) => port.send(bytes, to, failed)),
    receive: (handler) => ports.forEach((port) => port.receive(handler)),
    close: () => ports.forEach((port) => port.close()),
  };
}

async function closeAll(opened: Opened): Promise<void> {
  for (const close of opened) await close();
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
  hearBeacons(await openOn(link, deps, opened, BEACON_PORT), {
    log,
    heard: (beacon) => machines.step(beacon.mac, ...timelineStep(beacon)),
  });
  openTftp(await openOn(link, deps, opened, TFTP_PORT), serving);
  const raw = await openRaw(link, deps, opened);
  const booting: DhcpDeps['booting'] = (mac, stage, address) =>
    machines.step(mac, 'dhcp', dhcpDetail(machines.timelines.of(mac), stage, address));
  const { address } = link;
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

function sayServing(release: string, { interface: name, address, subnet, role }: ServedNetwork, log: Log): void {
  log.say('BOOT_SERVING', { release, interface: name, address, subnet: subnetText(subnet), role });
}
