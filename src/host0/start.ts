import { BEACON_PORT } from '../core/boot/beacon.ts';
import type { BootView } from '../core/api/service.ts';
import { SERVER_PORT } from '../core/dhcp/destination.ts';
import { subnetText, type Ipv4 } from '../core/net/ipv4.ts';
import type { Mac } from '../core/net/mac.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { HttpHandler, HttpServer } from '../shell/http.ts';
import type { Log } from '../shell/log.ts';
import type { UdpPort } from '../shell/udp.ts';
import { hearBeacons } from './beacon.ts';
import { serveDhcp } from './dhcp.ts';
import { dhcpHouse, factsOf, furnish, httpBase, type Host0Deps, type Host0Options, type House } from './house.ts';
import { stepOf } from './entity.ts';
import { bootHandler } from './http.ts';
import { writeJournal } from './leases.ts';
import type { Machines } from './machines.ts';
import { measure } from './metrics.ts';
import { serveTftp, type TftpServer } from './tftp.ts';

export interface Host0 {
  readonly boot: BootView;
  readonly httpPort: number;
  stop(): Promise<void>;
}

const TFTP_PORT = 69;

/** What is measured once it runs. */
interface Running {
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
    const wakePort = await openOn(options, deps, opened, 0);
    const house = await furnish(options, deps, wakePort, stopping.signal);
    // First: the machines need a minute until they ask for anything.
    wakeKnown(house.machines, house.want);
    const running: Running = {};
    const http = await openHttp(options, deps, house, running, opened);
    running.tftp = await serveUdp(options, deps, house, opened);
    const written = writeJournal(house.leases, deps.clock, stopping.signal);
    opened.push(() => written);
    // Loaded while the first machines are already being answered.
    void house.service().catch((error: unknown) => deps.log.say('HTTP_BROKEN', { why: sentenceOf(error) }));
    sayServing(options, deps.log);
    return { boot: house.machines, httpPort: http.port, stop: () => closeAll(opened) };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

async function closeAll(opened: Opened): Promise<void> {
  for (const close of opened) await close();
}

async function openOn(options: Host0Options, deps: Host0Deps, opened: Opened, port: number): Promise<UdpPort> {
  const udp = await deps.openUdp({ port, interface: options.interface });
  opened.push(() => udp.close());
  return udp;
}

async function serveUdp(options: Host0Options, deps: Host0Deps, house: House, opened: Opened): Promise<TftpServer> {
  const { clock, log, files } = deps;
  const { machines, leases } = house;
  const stepAt = (to: Ipv4, path: string, more: string, detail: string): void => {
    const mac = machines.macAt(to);
    const step = stepOf(path, options.release);
    if (mac !== undefined && step !== undefined) machines.step(mac, step + more, detail);
  };
  hearBeacons(await openOn(options, deps, opened, BEACON_PORT), {
    log,
    heard: ({ mac, seconds, step, detail }) => machines.step(mac, `stage1 ${step}`, `${seconds} s ${detail}`.trim()),
  });
  const tftp = serveTftp(await openOn(options, deps, opened, TFTP_PORT), {
    role: options.role,
    files,
    open: deps.openUdp,
    address: options.address,
    clock,
    log,
    made: async () => undefined,
    sent: (to, path, bytes) => stepAt(to, path, '', `${path}, ${bytes} bytes`),
    brokeOff: (to, path, bytes, why) => stepAt(to, path, ' broke off', `${path} after ${bytes} bytes: ${why}`),
  });
  // Last: a machine that is given an address must find all the rest.
  serveDhcp(await openOn(options, deps, opened, SERVER_PORT), {
    house: dhcpHouse(options, house),
    leases,
    clock,
    log,
    booting: (mac, stage, address) => machines.step(mac, 'dhcp', `${stage} ${address}`),
  });
  return tftp;
}

/** HTTP, and HTTPS beside it where it is wished: the same answers. */
async function openHttp(
  options: Host0Options,
  deps: Host0Deps,
  house: House,
  running: Running,
  opened: Opened,
): Promise<HttpServer> {
  const { address, httpPort, https } = options;
  const broken = (error: unknown): void => deps.log.say('HTTP_BROKEN', { why: sentenceOf(error) });
  const both = { address, files: deps.files, handler: handlerOf(options, deps, house, running), broken };
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

function handlerOf(options: Host0Options, deps: Host0Deps, house: House, running: Running): HttpHandler {
  const { files, log } = deps;
  const { machines } = house;
  return bootHandler({
    role: options.role,
    files,
    log,
    made: async () => undefined,
    metrics: () =>
      measure({
        http: () => ({ http: running.http?.counts, https: running.https?.counts }),
        tftp: () => running.tftp?.count(),
        leases: () => [...house.leases.book.all()].length,
      }),
    cluster: options.cluster,
    release: options.release,
    base: httpBase(options),
    machine: (mac) => machines.machine(mac),
    facts: (mac, from) => factsOf(options, house, mac, from),
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
    if (machines.machine(mac).entry?.wake ?? true) want(mac);
  }
}

function sayServing({ release, interface: name, address, subnet, role }: Host0Options, log: Log): void {
  log.say('BOOT_SERVING', { release, interface: name, address, subnet: subnetText(subnet), role });
}
