import { answer, sentenceOfAnswer, type Policy } from '../core/boot/answer.ts';
import { DecodeError } from '../core/net/bytes.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { netascii } from '../core/tftp/netascii.ts';
import { ETHERNET_LIMIT, negotiate } from '../core/tftp/negotiate.ts';
import { decodeTftp, encodeTftp, TFTP_ERROR, type TftpPacket } from '../core/tftp/packet.ts';
import {
  startTransfer,
  transferStep,
  type Transfer,
  type TransferEvent,
  type TransferStep,
} from '../core/tftp/transfer.ts';
import type { Clock } from '../shell/clock.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Files } from '../shell/files.ts';
import type { Log } from '../shell/log.ts';
import type { Endpoint, OpenUdp, UdpPort } from '../shell/udp.ts';

export interface TftpDeps {
  /** What is decided by about whoever asks from an address. */
  readonly policy: (from: Ipv4) => Policy;
  /** What is made for the machine that asks from an address; undefined for all else. */
  readonly made: (path: string, from: Ipv4) => Promise<Uint8Array | undefined>;
  /** The drive's `boot/`. */
  readonly files: Files;
  readonly open: OpenUdp;
  readonly address: Ipv4;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when a file went out whole. */
  readonly sent: (to: Ipv4, path: string, bytes: number) => void;
}

type Request = Extract<TftpPacket, { kind: 'read' | 'write' }>;

/** What is under way for one client port. */
interface Running {
  /** Called when the client asks the same again. */
  again: () => void;
}

/** Transfers at once. Those under way are finished before others begin: a client that misses a block too often gives up. */
const MOST = 128;
/** Bytes. What is larger is for HTTP; every file is held in memory while it is sent. */
const LARGEST = 64 * 2 ** 20;

/** Answers TFTP, each transfer from a port of its own (RFC 1350 4). */
export function serveTftp(port: UdpPort, deps: TftpDeps): void {
  const running = new Map<string, Running>();
  port.receive((bytes, from) => {
    const request = readPacket(bytes);
    if (request?.kind !== 'read' && request?.kind !== 'write') return;
    const key = `${from.address}:${from.port}`;
    const known = running.get(key);
    if (known !== undefined) return known.again();
    if (running.size >= MOST) return deps.log.say('TFTP_DEFERRED', { to: from.address, count: running.size });
    const mine: Running = { again: () => undefined };
    running.set(key, mine);
    void transfer(request, from, mine, deps).finally(() => running.delete(key));
  });
}

function readPacket(bytes: Uint8Array): TftpPacket | undefined {
  try {
    return decodeTftp(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

async function transfer(request: Request, to: Endpoint, running: Running, deps: TftpDeps): Promise<void> {
  const { path } = request;
  try {
    const port = await deps.open({ port: 0, address: deps.address });
    try {
      const file = await fileFor(request, to.address, deps);
      if ('why' in file) return refuse(port, to, path, file, deps);
      const end = await carryOut(
        port,
        to,
        startTransfer(file.bytes, termsOf(request, file.bytes), deps.clock.now()),
        running,
        deps.clock,
      );
      finish(end, to, file.path, deps);
    } finally {
      port.close();
    }
  } catch (error) {
    deps.log.say('TFTP_BROKE_OFF', { to: to.address, path, why: sentenceOf(error) });
  }
}

const termsOf = (request: Request, file: Uint8Array) => negotiate(request.options, file.length, ETHERNET_LIMIT);

interface Refusal {
  readonly code: number;
  readonly why: string;
}

function refuse(port: UdpPort, to: Endpoint, path: string, { code, why }: Refusal, deps: TftpDeps): void {
  port.send(encodeTftp({ kind: 'error', code, message: why }), to);
  deps.log.say('TFTP_REFUSED', { to: to.address, path, why });
}

/** The bytes that a request is for, or why it gets none. */
async function fileFor(
  request: Request,
  from: Ipv4,
  deps: TftpDeps,
): Promise<{ path: string; bytes: Uint8Array } | Refusal> {
  const asked = { protocol: 'tftp', path: request.path, writes: request.kind === 'write' } as const;
  const given = answer(asked, deps.policy(from));
  if (given.kind !== 'file') return { code: TFTP_ERROR.access, why: sentenceOfAnswer(given) };
  if (!['octet', 'netascii'].includes(request.mode))
    return { code: TFTP_ERROR.illegal, why: `no mode ${request.mode}` };
  const made = await deps.made(given.path, from);
  if (made !== undefined) return { path: given.path, bytes: made };
  // Some firmware asks in capitals for what it was told in small letters.
  for (const path of [given.path, given.path.toLowerCase()]) {
    const info = await deps.files.info(path);
    if (info === undefined) continue;
    if (info.size > LARGEST) return { code: TFTP_ERROR.access, why: 'too large for TFTP: fetch it by HTTP' };
    const bytes = await deps.files.bytes(path);
    return { path, bytes: request.mode === 'netascii' ? netascii(bytes) : bytes };
  }
  return { code: TFTP_ERROR.notFound, why: 'no such file' };
}

/** Feeds a transfer with what comes and with time, and sends what it says, until it ends. */
async function carryOut(
  port: UdpPort,
  to: Endpoint,
  first: TransferStep,
  running: Running,
  clock: Clock,
): Promise<Transfer> {
  let { state } = first;
  const ended = new AbortController();
  const act = (step: TransferStep): void => {
    ({ state } = step);
    for (const bytes of step.out) port.send(bytes, to);
    if (state.phase === 'done' || state.phase === 'failed') ended.abort();
  };
  const feed = (event: TransferEvent): void => act(transferStep(state, event, clock.now()));
  running.again = () => feed({ kind: 'again' });
  port.receive((bytes, from) => {
    if (from.port !== to.port || from.address !== to.address) return port.send(STRANGER, from);
    const packet = readPacket(bytes);
    if (packet?.kind === 'ack' || packet?.kind === 'error') feed(packet);
  });
  act(first);
  while (!ended.signal.aborted) {
    // The deadline moves with every ACK; the timer is only set again when the old one has run out.
    await clock.sleep(Math.max(1, state.deadline - clock.now()), ended.signal).catch(() => undefined);
    if (!ended.signal.aborted) feed({ kind: 'timeout' });
  }
  return state;
}

const STRANGER = encodeTftp({ kind: 'error', code: TFTP_ERROR.unknownId, message: 'not your transfer' });

function finish(end: Transfer, to: Endpoint, path: string, deps: TftpDeps): void {
  if (end.phase === 'failed') return deps.log.say('TFTP_BROKE_OFF', { to: to.address, path, why: end.why ?? '' });
  deps.log.say('TFTP_SENT', { to: to.address, path, bytes: end.file.length });
  deps.sent(to.address, path, end.file.length);
}
