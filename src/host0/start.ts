import { BEACON_PORT } from '../core/boot/beacon.ts';
import type { BootView } from '../core/api/service.ts';
import { dhcpDetail } from '../core/boot/timeline.ts';
import { SERVER_PORT } from '../core/dhcp/destination.ts';
import { PROXY_PORT } from '../core/dhcp/proxy.ts';
import { subnetText, type Ipv4 } from '../core/net/ipv4.ts';
import type { Mac } from '../core/net/mac.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { HttpHandler, HttpServer } from '../shell/http.ts';
import type { Link } from '../shell/link.ts';
import type { Log } from '../shell/log.ts';
import type { UdpPort } from '../shell/udp.ts';
import { hearBeacons } from './beacon.ts';
import { serveDhcp, type DhcpDeps } from './dhcp.ts';
import { dhcpHouses, factsOf, furnish, httpBase, type Host0Deps, type Host0Options, type House } from './house.ts';
import { stepOf } from './entity.ts';
import { bootHandler } from './http.ts';
import { writeJournal } from './leases.ts';
import { madeFile } from './madeFiles.ts';
import type { Machines } from './machines.ts';
import { measure } from './metrics.ts';
import type { ServedNetwork } from './networks.ts';
import { serveProxy } from './proxy.ts';
import { serveTftp, type TftpServer } from './tftp.ts';

export interface Host0 {
  readonly boot: BootView;
  readonly httpPort: number;
  stop(): Promise<void>;
}

const TFTP_PORT = 69;

/** What runs on a link, to be measured. */
interface Running {
  readonly link: ServedNetwork;
  http?: HttpServer;
  https?: HttpServer;
  tftp?: TftpServer;
}

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
    const running = options.networks.map((link): Running => ({ link }));
    const served = await eachOf(running, (one) => openHttp(options, one, deps, house, opened));
    for (const one of running) await serveUdp(options, one, deps, house, opened, stopping.signal);
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
  running: Running,
  deps: Host0Deps,
  house: House,
  opened: Opened,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log } = deps;
  const { link } = running;
  const { machines, leases } = house;
  hearBeacons(await openOn(link, deps, opened, BEACON_PORT), {
    log,
    heard: ({ mac, seconds, step, detail }) => machines.step(mac, `stage1 ${step}`, `${seconds} s ${detail}`.trim()),
  });
  running.tftp = await openTftp(options, link, deps, house, opened);
  const raw = await openRaw(link, deps, opened);
  const booting: DhcpDeps['booting'] = (mac, stage, address) =>
    machines.step(mac, 'dhcp', dhcpDetail(machines.timelines.of(mac), stage, address));
  const { address } = link;
  const networks = dhcpHouses(options, house, link);
  serveProxy(await openOn(link, deps, opened, PROXY_PORT), { networks, clock, log });
  // Last: a machine that is given an address must find all the rest.
  const port = await openOn(link, deps, opened, SERVER_PORT);
  serveDhcp(port, { networks, leases, clock, log, address, link: raw, booting }, signal);
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
  opened: Opened,
): Promise<TftpServer> {
  const { machines, mtuOf } = house;
  const { clock, log, files, openUdp: open } = deps;
  const { role, address } = link;
  const stepAt = (to: Ipv4, path: string, more: string, detail: string): void => {
    const mac = machines.macAt(to);
    const step = stepOf(path, options.release);
    if (mac !== undefined && step !== undefined) machines.step(mac, step + more, detail);
  };
  return serveTftp(await openOn(link, deps, opened, TFTP_PORT), {
    policy: (from) => machines.policy(role, machines.macAt(from)),
    made: makerFor(options, link, deps, house),
    files,
    open,
    address,
    clock,
    log,
    mtuOf,
    sent: (to, path, bytes) => stepAt(to, path, '', `${path}, ${bytes} bytes`),
    brokeOff: (to, path, bytes, why) => stepAt(to, path, ' broke off', `${path} after ${bytes} bytes: ${why}`),
  });
}

/** HTTP, and HTTPS beside it where it is wished: the same answers. */
async function openHttp(
  options: Host0Options,
  running: Running,
  deps: Host0Deps,
  house: House,
  opened: Opened,
): Promise<HttpServer> {
  const { httpPort, https } = options;
  const { address } = running.link;
  const broken = (error: unknown): void => deps.log.say('HTTP_BROKEN', { why: sentenceOf(error) });
  const both = { address, files: deps.files, handler: handlerOf(options, running, deps, house), broken };
  const http = await deps.serveHttp({ ...both, port: httpPort });
  running.http = http;
  opened.push(() => http.close());
  if (https !== undefined) {
    const secure = await deps.serveHttp({ ...both, port: https.port, tls: https.tls });
    running.https = secure;
    opened.push(() => secure.close());
  }
  return http;
}

/** Seconds that an address is kept for a machine that has its script: it may have come with its firmware's short lease. */
const SCRIPT_KEPT = 600;

function handlerOf(options: Host0Options, running: Running, deps: Host0Deps, house: House): HttpHandler {
  const { files, log } = deps;
  const { machines, leases } = house;
  const { link } = running;
  return bootHandler({
    policy: (who) => machines.policy(link.role, 'mac' in who ? who.mac : machines.macAt(who.from)),
    made: makerFor(options, link, deps, house),
    told: (mac, marks) => machines.told(mac, marks),
    files,
    log,
    metrics: () =>
      measure({
        http: () => ({ http: running.http?.counts, https: running.https?.counts }),
        tftp: () => running.tftp?.count(),
        leases: () => leases.book.size,
      }),
    cluster: options.cluster,
    release: options.release,
    base: httpBase(options, link),
    machine: (mac) => machines.machine(mac),
    facts: (mac, from, profile) => factsOf(options, house, link, mac, from, profile),
    service: house.service,
    fetched: (mac, from, step, detail) => {
      const who = mac ?? machines.macAt(from);
      if (who === undefined) return;
      machines.step(who, step, detail);
      if (step === 'script') leases.keep(who, SCRIPT_KEPT);
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
