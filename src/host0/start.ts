import { BEACON_PORT } from '../core/boot/beacon.ts';
import type { BootView } from '../core/api/service.ts';
import { offersInVain } from '../core/boot/timeline.ts';
import { SERVER_PORT } from '../core/dhcp/destination.ts';
import { PROXY_PORT } from '../core/dhcp/proxy.ts';
import { ANY_IPV4, subnetText, type Ipv4 } from '../core/net/ipv4.ts';
import type { Mac } from '../core/net/mac.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { HttpHandler, HttpServer } from '../shell/http.ts';
import type { Link } from '../shell/link.ts';
import type { Log } from '../shell/log.ts';
import type { TlsIdentity } from '../shell/tls.ts';
import type { UdpPort } from '../shell/udp.ts';
import { hearBeacons } from './beacon.ts';
import { serveDhcp, type DhcpDeps } from './dhcp.ts';
import { dhcpHouses, factsOf, furnish, httpBase, type Host0Deps, type Host0Options, type House } from './house.ts';
import { stepOf } from './entity.ts';
import { bootHandler } from './http.ts';
import { writeJournal } from './leases.ts';
import { madeFile } from './madeFiles.ts';
import type { Machines } from './machines.ts';
import { measure, type Measured } from './metrics.ts';
import type { ServedNetwork } from './networks.ts';
import { serveProxy } from './proxy.ts';
import { serveTftp } from './tftp.ts';

export interface Host0 {
  readonly boot: BootView;
  readonly httpPort: number;
  stop(): Promise<void>;
}

const TFTP_PORT = 69;

/** What is open, in the order of opening. */
type Opened = (() => void | Promise<void>)[];

/** Starts everything that serves boots, in this order. */
export async function startHost0(options: Host0Options, deps: Host0Deps): Promise<Host0> {
  const stopping = new AbortController();
  const opened: Opened = [() => stopping.abort()];
  try {
    const wakePorts = await eachOf(options.networks, (link) => openOn(link, deps, opened, 0));
    const house = await furnish(options, deps, joined(wakePorts), stopping.signal);
    // First: the machines need a minute until they ask for anything.
    wakeKnown(house.machines, house.want);
    const running: Measured = { http: [], tftp: [], leases: () => [...house.leases.book.all()].length };
    const served = await eachOf(options.networks, (link) => openHttp(options, link, deps, house, running, opened));
    for (const link of options.networks) await serveUdp(options, link, deps, house, running, opened, stopping.signal);
    const written = writeJournal(house.leases, deps.clock, stopping.signal);
    opened.push(
      () => written,
      () => deps.journal.close(),
    );
    // Loaded while the first machines are already being answered.
    void house.service().catch((error: unknown) => deps.log.say('HTTP_BROKEN', { why: sentenceOf(error) }));
    for (const link of options.networks) sayServing(options.release, link, deps.log);
    return { boot: house.machines, httpPort: served[0]?.port ?? options.httpPort, stop: () => closeAll(opened) };
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

async function serveUdp(
  options: Host0Options,
  link: ServedNetwork,
  deps: Host0Deps,
  house: House,
  running: Measured,
  opened: Opened,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log } = deps;
  const { machines, leases } = house;
  hearBeacons(await openOn(link, deps, opened, BEACON_PORT), {
    log,
    heard: ({ mac, seconds, step, detail }) => machines.step(mac, `stage1 ${step}`, `${seconds} s ${detail}`.trim()),
  });
  await openTftp(options, link, deps, house, running, opened);
  const raw = await openRaw(link, deps, opened);
  const booting: DhcpDeps['booting'] = (mac, stage, address) =>
    machines.step(mac, 'dhcp', bootingDetail(machines, mac, stage, address));
  const { address } = link;
  const networks = dhcpHouses(options, house, link);
  serveProxy(await openOn(link, deps, opened, PROXY_PORT), { networks, clock, log });
  // Last: a machine that is given an address must find all the rest.
  const port = await openOn(link, deps, opened, SERVER_PORT);
  serveDhcp(port, { networks, leases, clock, log, address, link: raw, booting }, signal);
}

/** A proxy knows no address yet; how often it has offered says whether its offers are of use. */
function bootingDetail({ timelines }: Machines, mac: Mac, stage: string, address: Ipv4): string {
  return address === ANY_IPV4
    ? `${stage} by proxy, offer ${offersInVain(timelines.of(mac)) + 1}`
    : `${stage} ${address}`;
}

/** What loaders look for by themselves, made for the machine that asks from an address. */
const makerFor =
  (options: Host0Options, link: ServedNetwork, { files }: Host0Deps, { machines }: House) =>
  (path: string, from: Ipv4): Promise<Uint8Array | undefined> =>
    madeFile(path, machines.macAt(from), {
      files,
      base: httpBase(options, link),
      cluster: options.cluster,
      machine: (mac) => machines.machine(mac),
    });

async function openTftp(
  options: Host0Options,
  link: ServedNetwork,
  deps: Host0Deps,
  house: House,
  running: Measured,
  opened: Opened,
): Promise<void> {
  const { machines } = house;
  const { clock, log, files } = deps;
  const { role, address } = link;
  const stepAt = (to: Ipv4, path: string, more: string, detail: string): void => {
    const mac = machines.macAt(to);
    const step = stepOf(path, options.release);
    if (mac !== undefined && step !== undefined) machines.step(mac, step + more, detail);
  };
  const server = serveTftp(await openOn(link, deps, opened, TFTP_PORT), {
    policy: (from) => machines.policy(role, machines.macAt(from)),
    made: makerFor(options, link, deps, house),
    files,
    open: deps.openUdp,
    address,
    clock,
    log,
    sent: (to, path, bytes) => stepAt(to, path, '', `${path}, ${bytes} bytes`),
    brokeOff: (to, path, bytes, why) => stepAt(to, path, ' broke off', `${path} after ${bytes} bytes: ${why}`),
  });
  running.tftp.push({ on: link.interface, count: server.count });
}

/** HTTP, and HTTPS beside it where it is wished: the same answers. */
async function openHttp(
  options: Host0Options,
  link: ServedNetwork,
  deps: Host0Deps,
  house: House,
  running: Measured,
  opened: Opened,
): Promise<HttpServer> {
  const broken = (error: unknown): void => deps.log.say('HTTP_BROKEN', { why: sentenceOf(error) });
  const handler = handlerOf(options, link, deps, house, running);
  const both = { address: link.address, files: deps.files, handler, broken };
  const open = async (by: string, more: { readonly port: number; readonly tls?: TlsIdentity }): Promise<HttpServer> => {
    const server = await deps.serveHttp({ ...both, ...more });
    opened.push(() => server.close());
    running.http.push({ by, on: link.interface, counts: server.counts });
    return server;
  };
  if (options.https !== undefined) await open('https', options.https);
  return open('http', { port: options.httpPort });
}

function handlerOf(
  options: Host0Options,
  link: ServedNetwork,
  deps: Host0Deps,
  house: House,
  running: Measured,
): HttpHandler {
  const { files, log } = deps;
  const { machines } = house;
  return bootHandler({
    metrics: () => measure(running),
    policy: (who) => machines.policy(link.role, 'mac' in who ? who.mac : machines.macAt(who.from)),
    made: makerFor(options, link, deps, house),
    told: (mac, marks) => machines.told(mac, marks),
    files,
    log,
    cluster: options.cluster,
    release: options.release,
    base: httpBase(options, link),
    machine: (mac) => machines.machine(mac),
    facts: (mac, from, profile) => factsOf(options, house, link, mac, from, profile),
    service: house.service,
    fetched: (mac, from, step, detail) => {
      const who = mac ?? machines.macAt(from);
      if (who !== undefined) machines.step(who, step, detail);
    },
  });
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
