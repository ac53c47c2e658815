import type { Policy } from '../core/boot/answer.ts';
import { DecodeError } from '../core/net/bytes.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { DATA_HEADER, writeBlocks, type Rollover, type Run } from '../core/tftp/blocks.ts';
import { limitOf, negotiate } from '../core/tftp/negotiate.ts';
import { decodeTftp, encodeTftp, readAck, TFTP_ERROR, type TftpPacket } from '../core/tftp/packet.ts';
import {
  onlyAsked,
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
import type { Opened } from './tftpFile.ts';

export interface TftpDeps {
  /** What is decided by about whoever asks from an address. */
  readonly policy: (from: Ipv4) => Policy;
  /** The drive's `boot/`. */
  readonly files: Files;
  /** What is made for the machine that asks from an address; undefined for all else. */
  readonly made: (path: string, from: Ipv4) => Promise<Uint8Array | undefined>;
  readonly open: OpenUdp;
  readonly address: Ipv4;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when a file went out whole, and when it did not. */
  readonly sent: (to: Ipv4, path: string, bytes: number) => void;
  readonly brokeOff?: (to: Ipv4, path: string, bytes: number, why: string) => void;
  /** The largest packet that reaches an address whole; 1500 where absent. */
  readonly mtuOf?: (address: Ipv4) => number;
  /** Transfers at once; 128 where absent. */
  readonly atOnce?: number;
  readonly rollover?: Rollover;
  /** Sends from the port that was asked, for clients behind address translation. */
  readonly singlePort?: boolean;
}

export type TftpRequest = Extract<TftpPacket, { kind: 'read' | 'write' }>;

/** What is under way for one client port. */
export interface Running {
  readonly bytes: Buffer;
  readonly to: Endpoint;
  readonly path: string;
  /** Called when the client asks the same again. */
  again: () => void;
  /** Called with what comes to the port of the server, where all transfers share it. */
  hear: (packet: TftpPacket) => void;
  /** Whether what was granted was repeated in vain. */
  isUnanswered: () => boolean;
  end: (why: string) => void;
}

/** What a server has done since it began. */
export interface TftpTotals {
  requests: number;
  files: number;
  /** Bytes of files that clients acknowledged. */
  bytes: number;
  refused: number;
  brokeOff: number;
}

export interface Refusal {
  readonly code: number;
  readonly why: string;
}

/** What came, or undefined for what is no TFTP. */
export function readPacket(bytes: Uint8Array): TftpPacket | undefined {
  const block = readAck(bytes);
  if (block !== undefined) return { kind: 'ack', block };
  try {
    return decodeTftp(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** The port that a transfer speaks from. */
export async function openPort(shared: UdpPort, deps: TftpDeps, peer: Endpoint): Promise<UdpPort> {
  if (deps.singlePort !== true) return deps.open({ port: 0, address: deps.address, peer });
  return {
    port: shared.port,
    send: (bytes, to) => shared.send(bytes, to),
    receive: () => undefined,
    close: () => undefined,
  };
}

export function refuse(
  port: UdpPort,
  to: Endpoint,
  path: string,
  { code, why }: Refusal,
  { log }: TftpDeps,
  totals: TftpTotals,
): void {
  totals.refused += 1;
  port.send(encodeTftp({ kind: 'error', code, message: why }), to);
  log.say('TFTP_REFUSED', { to: to.address, path, why });
}

interface Work {
  readonly port: UdpPort;
  readonly file: Opened;
  readonly request: TftpRequest;
  readonly running: Running;
  readonly signal: AbortSignal;
  readonly deps: TftpDeps;
  readonly totals: TftpTotals;
}

/** Carries a transfer out until it ends, and says how it ended. */
export async function runTransfer(work: Work): Promise<void> {
  const { file, running, deps, request, totals } = work;
  const { address } = running.to;
  const terms = negotiate(request.options, file.size, limitOf(deps.mtuOf?.(address) ?? 1500));
  const end = await feedTransfer(work, startTransfer(file.size, terms, deps.clock.now(), deps.rollover));
  const bytes = Math.min(end.acked * terms.blksize, file.size);
  totals.bytes += bytes;
  if (end.phase === 'done') {
    totals.files += 1;
    deps.log.say('TFTP_SENT', { to: address, path: file.path, bytes: file.size });
    return deps.sent(address, file.path, file.size);
  }
  const why = end.why ?? String(work.signal.reason);
  if (onlyAsked(end)) return deps.log.say('TFTP_PROBED', { to: address, path: file.path, bytes: file.size });
  totals.brokeOff += 1;
  deps.log.say('TFTP_BROKE_OFF', { to: address, path: file.path, why });
  deps.brokeOff?.(address, file.path, bytes, why);
}

/** Feeds a transfer with what comes and with time, and sends what it says, until it ends. */
async function feedTransfer(work: Work, first: TransferStep): Promise<Transfer> {
  const { clock } = work.deps;
  let { state } = first;
  let [alarm, alarmAt] = [new AbortController(), 0];
  const ended = new AbortController();
  const isOver = (): boolean => ended.signal.aborted || work.signal.aborted;
  const end = (): void => {
    ended.abort();
    alarm.abort();
  };
  work.signal.addEventListener('abort', end, { once: true });
  const send = sender(work, isOver, (why) => feed({ kind: 'error', code: 0, message: why }));
  const act = (step: TransferStep): void => {
    ({ state } = step);
    if (step.out !== undefined) send(step.out);
    if (state.phase === 'done' || state.phase === 'failed') end();
    // Most ACKs put the deadline off: then the alarm goes off in vain and is set again, which is rarer than an ACK is.
    else if (state.deadline < alarmAt) alarm.abort();
  };
  const feed = (event: TransferEvent): void => act(transferStep(state, event, clock.now()));
  work.running.isUnanswered = () => state.acked === 0 && state.tries > 0;
  listen(work, feed);
  act(first);
  while (!isOver()) {
    [alarm, alarmAt] = [new AbortController(), state.deadline];
    await clock.sleep(Math.max(1, alarmAt - clock.now()), alarm.signal).catch(() => undefined);
    if (!isOver()) feed({ kind: 'timeout' });
  }
  return state;
}

/** Hears the client, on the transfer's own port or through the one that all share. */
function listen({ port, running }: Work, feed: (event: TransferEvent) => void): void {
  running.again = () => feed({ kind: 'again' });
  running.hear = (packet) => {
    if (packet.kind === 'ack' || packet.kind === 'error') feed(packet);
  };
  port.receive((bytes, from) => {
    const packet = readPacket(bytes);
    if (packet === undefined) return;
    if (from.port === running.to.port && from.address === running.to.address) return running.hear(packet);
    // Never an error for an error: two programs would tell each other for ever.
    if (packet.kind !== 'error') port.send(STRANGER, from);
  });
}

const STRANGER = encodeTftp({ kind: 'error', code: TFTP_ERROR.unknownId, message: 'not your transfer' });

/** Sends what a step says; blocks that have to be read first are sent once they are there. */
function sender({ port, file, running: { to } }: Work, isOver: () => boolean, failed: (why: string) => void) {
  const sendBlocks = (run: Run, bytes: Uint8Array): void => {
    const size = DATA_HEADER + run.blksize;
    if (port.runs !== undefined) {
      return port.runs.send(writeBlocks(port.runs.room(run.blocks * size), run, bytes), size);
    }
    // Sent later by the system, so it keeps its memory.
    const outbox = new Uint8Array(run.blocks * size);
    const length = writeBlocks(outbox, run, bytes);
    for (let at = 0; at < length; at += size) port.send(outbox.subarray(at, Math.min(at + size, length)), to);
  };
  return (out: Uint8Array | Run): void => {
    if (out instanceof Uint8Array) return port.send(out, to);
    const from = (out.first - 1) * out.blksize;
    const cannotRead = (error: unknown): void => failed(sentenceOf(error));
    try {
      const bytes = file.read(from, Math.min(from + out.blocks * out.blksize, file.size));
      if (bytes instanceof Uint8Array) return sendBlocks(out, bytes);
      bytes.then((read) => (isOver() ? undefined : sendBlocks(out, read)), cannotRead);
    } catch (error) {
      cannotRead(error);
    }
  };
}
