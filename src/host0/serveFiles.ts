import type { Ipv4 } from '../core/net/ipv4.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { HttpHandler, HttpServer } from '../shell/http.ts';
import type { UdpPort } from '../shell/udp.ts';
import { stepOf } from './entity.ts';
import { factsOf, httpBase, type Host0Deps, type Host0Options, type House } from './house.ts';
import { bootHandler } from './http.ts';
import { madeFile } from './madeFiles.ts';
import { measure } from './metrics.ts';
import type { ServedNetwork } from './networks.ts';
import { serveTftp, type TftpServer } from './tftp.ts';

/** What is open, in the order of opening. */
export type Opened = (() => void | Promise<void>)[];

/** The servers of all networks, for whoever measures them. */
export interface RunningServers {
  readonly http: HttpServer[];
  readonly https: HttpServer[];
  readonly tftp: TftpServer[];
}

/** What serving files on one network needs. */
export interface FileServing {
  readonly options: Host0Options;
  readonly link: ServedNetwork;
  readonly deps: Host0Deps;
  readonly house: House;
  readonly running: RunningServers;
  readonly opened: Opened;
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

/** Answers TFTP on one network. */
export function openTftp(port: UdpPort, serving: FileServing): void {
  const { options, link, deps, house, running } = serving;
  const { machines, mtuOf } = house;
  const { clock, log, files } = deps;
  const stepAt = (to: Ipv4, path: string, more: string, detail: string): void => {
    const mac = machines.macAt(to);
    const step = stepOf(path, options.release);
    if (mac !== undefined && step !== undefined) machines.step(mac, step + more, detail);
  };
  const server = serveTftp(port, {
    policy: (from) => machines.policy(link.role, machines.macAt(from)),
    made: makerFor(serving),
    files,
    open: deps.openUdp,
    address: link.address,
    clock,
    log,
    mtuOf,
    sent: (to, path, bytes) => stepAt(to, path, '', `${path}, ${bytes} bytes`),
    brokeOff: (to, path, bytes, why) => stepAt(to, path, ' broke off', `${path} after ${bytes} bytes: ${why}`),
  });
  running.tftp.push(server);
}

/** HTTP on one network, and HTTPS beside it where it is wished: the same answers. Gives the port of the first. */
export async function openHttp(serving: FileServing): Promise<number> {
  const { options, link, deps, running, opened } = serving;
  const { httpPort, https } = options;
  const broken = (error: unknown): void => deps.log.say('HTTP_BROKEN', { why: sentenceOf(error) });
  const both = { address: link.address, files: deps.files, handler: handlerOf(serving), broken };
  const http = await deps.serveHttp({ ...both, port: httpPort });
  running.http.push(http);
  opened.push(() => http.close());
  if (https !== undefined) {
    const secure = await deps.serveHttp({ ...both, port: https.port, tls: https.tls });
    running.https.push(secure);
    opened.push(() => secure.close());
  }
  return http.port;
}

/** Seconds that an address is kept for a machine that has its script: it may have come with its firmware's short lease. */
const SCRIPT_KEPT = 600;

function handlerOf(serving: FileServing): HttpHandler {
  const { options, link, deps, house, running } = serving;
  const { machines, leases } = house;
  return bootHandler({
    policy: (who) => machines.policy(link.role, 'mac' in who ? who.mac : machines.macAt(who.from)),
    made: makerFor(serving),
    told: (mac, marks) => machines.told(mac, marks),
    files: deps.files,
    overlay: deps.overlay,
    log: deps.log,
    metrics: () =>
      measure({
        http: () => ({ http: running.http, https: running.https }),
        tftp: () => running.tftp,
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
