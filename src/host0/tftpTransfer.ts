import type { Policy } from '../core/boot/answer.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import type { Rollover } from '../core/tftp/blocks.ts';
import { limitOf, negotiate } from '../core/tftp/negotiate.ts';
import { encodeTftp, type TftpPacket } from '../core/tftp/packet.ts';
import type { Lasting } from '../core/tftp/record.ts';
import { onlyAsked, type Transfer } from '../core/tftp/transfer.ts';
import type { Clock } from '../shell/clock.ts';
import type { Files } from '../shell/files.ts';
import type { Log } from '../shell/log.ts';
import type { Carry } from '../shell/sending/carry.ts';
import type { Endpoint, OpenUdp, UdpPort } from '../shell/udp.ts';
import { fedTransfer } from './tftpFeed.ts';
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
  /** Threads that send; absent where there are none. */
  readonly carry?: Carry;
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

export interface Work {
  /** The port that was asked. */
  readonly asked: UdpPort;
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
  const lasting = { size: file.size, terms, rollover: deps.rollover ?? 0 };
  const end = await (carried(work, lasting) ?? fedTransfer(work, lasting));
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

/** By threads of their own, where there are some that can read the file; undefined where not. */
function carried({ file, running, signal, deps }: Work, lasting: Lasting): Promise<Transfer> | undefined {
  if (deps.carry === undefined || file.source === undefined || deps.singlePort === true) return undefined;
  const one = deps.carry({ from: deps.address, to: running.to, lasting, source: file.source });
  if (one === undefined) return undefined;
  running.again = () => one.again();
  running.isUnanswered = () => one.isUnanswered();
  signal.addEventListener('abort', () => one.leaveOff(String(signal.reason)), { once: true });
  return one.end;
}
