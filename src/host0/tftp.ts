import { readTftp } from '../core/tftp/packet.ts';
import { givenUp, mayWait, nextWaiting, type Waiting } from '../core/tftp/waiting.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Endpoint, UdpPort } from '../shell/udp.ts';
import { openPort } from './tftpFeed.ts';
import { openRequest } from './tftpFile.ts';
import {
  refuse,
  runTransfer,
  type Refusal,
  type Running,
  type TftpDeps,
  type TftpRequest,
  type TftpTotals,
} from './tftpTransfer.ts';

export type { TftpDeps } from './tftpTransfer.ts';

/** Transfers at once. Those under way are finished before others begin: a client that misses a block too often gives up. */
const MOST = 128;

export interface TftpServer {
  readonly count: () => TftpCounts;
}

/** What the server has done since it began, transfers under way, and requests that wait for one to end. */
interface TftpCounts extends Readonly<TftpTotals> {
  readonly running: number;
  readonly waiting: number;
}

interface Asked {
  readonly request: TftpRequest;
  readonly from: Endpoint;
  /** The datagram, to know a repetition by. */
  readonly bytes: Buffer;
}

/** Answers TFTP, each transfer from a port of its own (RFC 1350 4), or all from this one where `singlePort` is wished. */
export function serveTftp(port: UdpPort, deps: TftpDeps): TftpServer {
  const running = new Map<string, Running>();
  const waiting = new Map<string, Waiting<Asked>>();
  const totals: TftpTotals = { requests: 0, files: 0, bytes: 0, refused: 0, brokeOff: 0 };
  const server: Server = { port, deps, totals, running, waiting };
  port.receive((bytes, from) => {
    const key = `${from.address}:${from.port}`;
    const packet = readTftp(bytes);
    if (packet?.kind === 'read' || packet?.kind === 'write') {
      totals.requests += 1;
      ask(server, key, { request: packet, from, bytes: Buffer.from(bytes) });
    } else if (packet !== undefined && deps.singlePort === true) {
      running.get(key)?.hear(packet);
    }
  });
  return { count: () => ({ ...totals, running: running.size, waiting: waiting.size }) };
}

interface Server {
  readonly port: UdpPort;
  readonly deps: TftpDeps;
  readonly totals: TftpTotals;
  readonly running: Map<string, Running>;
  readonly waiting: Map<string, Waiting<Asked>>;
}

function ask(server: Server, key: string, asked: Asked): void {
  const { running, waiting, deps } = server;
  const known = running.get(key);
  if (known !== undefined) {
    if (known.bytes.equals(asked.bytes)) return known.again();
    // The same port asks for something else, or in other words: what it asked before is over.
    known.end('the client asked anew');
  }
  endUnanswered(running, asked);
  const now = deps.clock.now();
  const wait = { address: asked.from.address, askedAt: now, what: asked };
  if (waiting.has(key) || running.size >= (deps.atOnce ?? MOST)) return defer(server, key, wait);
  void begin(server, key, asked);
}

/**
 * A client that did not like what it was granted may ask again from another port, in silence. Its first transfer is over
 * then, once it has had to be repeated.
 */
function endUnanswered(running: ReadonlyMap<string, Running>, { request, from }: Asked): void {
  for (const other of running.values()) {
    if (other.to.address === from.address && other.path === request.path && other.isUnanswered()) {
      other.end('the client asked anew from another port');
    }
  }
}

function defer(server: Server, key: string, wait: Waiting<Asked>): void {
  const { waiting, running, deps } = server;
  endSilent(running, wait.address);
  for (const gone of givenUp(waiting, wait.askedAt)) waiting.delete(gone);
  if (!waiting.has(key) && !mayWait(waiting.values(), wait.address)) {
    return deps.log.say('TFTP_OVERRUN', { to: wait.address, count: waiting.size });
  }
  // Asked again, a request keeps its place.
  const isNew = !waiting.has(key);
  waiting.set(key, wait);
  if (!isNew) return;
  deps.log.say('TFTP_DEFERRED', { to: wait.address, count: running.size });
  void refuseAtOnce(server, key, wait.what);
}

/**
 * Somebody waits: of a machine that has more under way, a transfer that never got an answer is ended. So a flood of requests
 * that nobody follows up holds no place for longer than a repetition takes.
 */
function endSilent(running: ReadonlyMap<string, Running>, address: string): void {
  const counts = countByAddress(running);
  const mine = counts.get(address) ?? 0;
  for (const other of running.values()) {
    if (other.isUnanswered() && (counts.get(other.to.address) ?? 0) > mine) {
      return other.end('it was never answered, and others wait');
    }
  }
}

function countByAddress(running: ReadonlyMap<string, Running>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { to } of running.values()) counts.set(to.address, (counts.get(to.address) ?? 0) + 1);
  return counts;
}

/** Loaders ask for many files that need not be there, and wait for each: a refusal needs no transfer before it to end. */
async function refuseAtOnce(server: Server, key: string, { request, from }: Asked): Promise<void> {
  const { port, waiting, deps, totals } = server;
  // What cannot be read now is tried again when its turn comes, and then said.
  const given = await openRequest(request, from, deps).catch(() => undefined);
  if (given === undefined) return;
  if (!('code' in given)) return given.close();
  if (waiting.delete(key)) refuse(port, from, request.path, given, deps, totals);
}

async function begin(server: Server, key: string, { request, from, bytes }: Asked): Promise<void> {
  const { running, deps } = server;
  const ending = new AbortController();
  const mine: Running = {
    bytes,
    to: from,
    path: request.path,
    again: () => undefined,
    hear: () => undefined,
    isUnanswered: () => false,
    end: (why) => {
      ending.abort(why);
      if (running.get(key) === mine) running.delete(key);
    },
  };
  running.set(key, mine);
  try {
    await carryOut(server, request, mine, ending.signal);
  } catch (error) {
    server.totals.brokeOff += 1;
    deps.log.say('TFTP_BROKE_OFF', { to: from.address, path: request.path, why: sentenceOf(error) });
  } finally {
    if (running.get(key) === mine) running.delete(key);
    beginNext(server);
  }
}

async function carryOut(server: Server, request: TftpRequest, mine: Running, signal: AbortSignal): Promise<void> {
  const { deps, totals } = server;
  const given = await openRequest(request, mine.to, deps);
  if ('code' in given) return refuseApart(server, request, mine.to, given);
  try {
    if (!signal.aborted)
      await runTransfer({ asked: server.port, file: given, request, running: mine, signal, deps, totals });
  } finally {
    await given.close();
  }
}

/** From a port of its own, as a transfer would have been sent. */
async function refuseApart(server: Server, request: TftpRequest, to: Endpoint, refusal: Refusal): Promise<void> {
  const port = await openPort(server.port, server.deps);
  refuse(port, to, request.path, refusal, server.deps, server.totals);
  port.close();
}

function beginNext(server: Server): void {
  const { running, waiting, deps } = server;
  for (const gone of givenUp(waiting, deps.clock.now())) waiting.delete(gone);
  while (running.size < (deps.atOnce ?? MOST)) {
    const counts = countByAddress(running);
    const key = nextWaiting(waiting, (address) => counts.get(address) ?? 0);
    const next = key === undefined ? undefined : waiting.get(key);
    if (key === undefined || next === undefined) return;
    waiting.delete(key);
    void begin(server, key, next.what);
  }
}
