import { profileIn } from '../core/boot/wish.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Files } from '../shell/files.ts';
import type { HttpHandler, HttpServer } from '../shell/http.ts';
import type { UdpPort } from '../shell/udp.ts';
import { boundedLog } from './boundedLog.ts';
import { stepOf } from './entity.ts';
import { factsOf, soonEnough } from './facts.ts';
import { httpBase, type Host0Deps, type Host0Options, type House } from './house.ts';
import { bootHandler } from './http.ts';
import { madeFile } from './madeFiles.ts';
import { measure } from './metrics.ts';
import type { ServedNetwork } from './networks.ts';
import { addHttp, addTftp, type PastCounts } from './pastCounts.ts';
import { withNodeFiles } from './nodeView.ts';
import { payloadSteps } from './payloadFiles.ts';
import { serveTftp, type TftpServer } from './tftp.ts';

/** What is open, in the order of opening. */
export type Opened = (() => void | Promise<void>)[];

/** The servers of all networks, for whoever measures them. */
export interface RunningServers {
  readonly http: HttpServer[];
  readonly https: HttpServer[];
  readonly tftp: TftpServer[];
  /** What those did that are closed. */
  readonly past: PastCounts;
}

/** What serving files on one network needs. */
export interface FileServing {
  readonly options: Host0Options;
  readonly link: ServedNetwork;
  readonly deps: Host0Deps;
  readonly house: House;
  readonly running: RunningServers;
  readonly opened: Opened;
  /** Ends the network's servers. */
  readonly signal: AbortSignal;
}

/** What loaders look for by themselves, made for the machine that asks from an address. */
const makerFor =
  ({ options, link, deps, house }: FileServing) =>
  (path: string, from: Ipv4): Promise<Uint8Array | undefined> =>
    madeFile(path, house.machines.macAt(from), {
      files: deps.files,
      base: httpBase(options, link),
      cluster: options.cluster,
      machine: (mac) => house.machines.machine(mac),
    });

const tftpFiles = ({ deps: { files, log }, house: { machines } }: FileServing): Files =>
  withNodeFiles(files, {
    profile: (mac) => profileIn(machines.machine(mac).wish),
    missing: (mac, why) => log.say('BOOT_SCRIPT_REFUSED', { mac, why }),
  });

/** Answers TFTP on one network. */
export function openTftp(port: UdpPort, serving: FileServing): void {
  const { options, link, deps, house, running, opened } = serving;
  const { machines, leases, mtuOf } = house;
  const { clock, log } = deps;
  const stepAt = (to: Ipv4, path: string, more: string, detail: string): void => {
    const mac = machines.macAt(to);
    const step = stepOf(path, options.release, options.cluster().boot.loaders);
    if (mac === undefined || step === undefined) return;
    machines.step(mac, step + more, detail);
    if (step === 'config') leases.keep(mac, SCRIPT_KEPT);
  };
  /** U-Boot, and GRUB where it knows no HTTP, fetch the files of their profile. */
  const payloadAt = (to: Ipv4, path: string, bytes: number): void => {
    const mac = machines.macAt(to);
    if (mac === undefined) return;
    const profile = profileIn(machines.machine(mac).wish);
    for (const [step, said] of payloadSteps(path, bytes, profile)) machines.step(mac, step, said);
  };
  const server = serveTftp(port, {
    policy: (from) => machines.policy(link.role, machines.macAt(from)),
    made: makerFor(serving),
    files: tftpFiles(serving),
    open: deps.openUdp,
    ...(deps.carry === undefined ? {} : { carry: deps.carry }),
    address: link.address,
    clock,
    log,
    mtuOf,
    sent: (to, path, bytes) => {
      stepAt(to, path, '', `${path}, ${bytes} bytes`);
      payloadAt(to, path, bytes);
    },
    brokeOff: (to, path, bytes, why) => stepAt(to, path, ' broke off', `${path} after ${bytes} bytes: ${why}`),
  });
  running.tftp.push(server);
  opened.push(() => {
    running.tftp.splice(running.tftp.indexOf(server), 1);
    addTftp(running.past.tftp, server.count());
  });
}

/** The authority by which HTTPS is served: while it is waited for, and as far as it is known now. */
interface Secured {
  readonly coming: Promise<string | undefined>;
  now: string | undefined;
}

/** HTTP on one network, and HTTPS beside it where it is wished: the same answers. Gives the port of the first. */
export async function openHttp(serving: FileServing): Promise<number> {
  const { options, deps } = serving;
  const { httpPort, https } = options;
  // Nobody is told of an authority by which nothing is served: hosts that know one report over TLS or not at all.
  const known = Promise.withResolvers<string | undefined>();
  const secured: Secured = { coming: known.promise, now: undefined };
  const http = await deps.serveHttp({ ...httpOptions(serving, secured, false), port: httpPort });
  keepCounts(http, 'http', serving);
  const opening = https === undefined ? Promise.resolve(undefined) : openHttps(serving, https, secured);
  const done = opening.catch((error: unknown) => {
    deps.log.say('HTTPS_FAILED', { why: sentenceOf(error) });
    return undefined;
  });
  void done.then((authority) => known.resolve((secured.now = authority)));
  // Keys that are there are a wish that is held; those to come keep nobody waiting.
  if (https !== undefined && !(https.tls instanceof Promise)) await opening;
  return http.port;
}

function httpOptions(serving: FileServing, secured: Secured, isSecure: boolean) {
  const { link, deps } = serving;
  const broken = (error: unknown): void => deps.log.say('HTTP_BROKEN', { why: sentenceOf(error) });
  return { address: link.address, files: deps.files, handler: handlerOf(serving, secured, isSecure), broken };
}

const HTTPS_PORT = 443;

/** Gives the authority by which HTTPS is served; undefined where it is not. */
async function openHttps(
  serving: FileServing,
  { tls: coming, port }: NonNullable<Host0Options['https']>,
  secured: Secured,
): Promise<string | undefined> {
  const { deps, link, signal } = serving;
  const tls = await coming;
  if (tls === undefined || signal.aborted) return undefined;
  // Anybody can cause it.
  const log = boundedLog(deps.log, deps.clock);
  const distrusted = (from: string, why: string): void => log.minutely('HTTPS_DISTRUSTED', from, { from, why });
  const secure = await deps.serveHttp({ ...httpOptions(serving, secured, true), port, tls, distrusted });
  // The network may have been closed while the port was being opened.
  if (signal.aborted) return secure.close().then(() => undefined);
  keepCounts(secure, 'https', serving);
  deps.log.say('HTTPS_SERVING', { address: link.address, port: secure.port });
  // Hosts know no other port.
  return port === HTTPS_PORT ? tls.authority : undefined;
}

/** A server is measured while it is open, and what it did counts on when it is closed. */
function keepCounts(server: HttpServer, by: 'http' | 'https', { running, opened }: FileServing): void {
  running[by].push(server);
  opened.push(async () => {
    await server.close();
    running[by].splice(running[by].indexOf(server), 1);
    addHttp(running.past[by], server.counts);
  });
}

/** Seconds that an address is kept for a machine that has its script: it may have come with its firmware's short lease. */
const SCRIPT_KEPT = 600;

const withPast = (running: RunningServers, by: 'http' | 'https'): readonly Pick<HttpServer, 'counts'>[] =>
  running[by].length === 0 ? [] : [...running[by], { counts: running.past[by] }];

function handlerOf(serving: FileServing, secured: Secured, isSecure: boolean): HttpHandler {
  const { options, link, deps, house, running } = serving;
  const { machines, leases } = house;
  return bootHandler({
    policy: (who) => machines.policy(link.role, 'mac' in who ? who.mac : machines.macAt(who.from)),
    made: makerFor(serving),
    told: (mac, marks) => machines.told(mac, marks),
    files: deps.files,
    drive: deps.drive,
    log: deps.log,
    isSecure,
    authority: () => soonEnough(secured.coming, deps.clock),
    authorityNow: () => secured.now,
    metrics: () =>
      measure({
        http: () => ({ http: withPast(running, 'http'), https: withPast(running, 'https') }),
        tftp: () => [...running.tftp, { count: () => ({ ...running.past.tftp, running: 0, waiting: 0 }) }],
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
      if (step === 'script' || step === 'config') leases.keep(who, SCRIPT_KEPT);
    },
  });
}
