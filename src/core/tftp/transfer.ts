import { blocksAhead, type Rollover, type Run } from './blocks.ts';
import type { Terms } from './negotiate.ts';
import { encodeTftp } from './packet.ts';
import { LONG_PAUSE, measured, pauseOf, QUICK, UNMEASURED, type Rtt } from './rtt.ts';

/** The sending side of one transfer (RFC 1350, 2347, 7440). Blocks are counted from 1 and on past 65,535. */
export interface Transfer {
  /** Bytes of the file. */
  readonly size: number;
  readonly terms: Terms;
  readonly rollover: Rollover;
  readonly phase: 'oack' | 'data' | 'done' | 'failed';
  /** Blocks acknowledged, and blocks sent. */
  readonly acked: number;
  readonly sent: number;
  /** 2: something of this window was sent twice. 1: the window before was. 0: neither. */
  readonly trouble: 0 | 1 | 2;
  /** Repetitions since the last progress. */
  readonly tries: number;
  /** Repetitions since the last measurement: what makes the pause longer (Karn's rule, RFC 6298 3 and 5.5). */
  readonly backoff: number;
  readonly rtt: Rtt;
  /** Milliseconds: when this window was sent, when the client last got on, and when to repeat if nothing comes. */
  readonly sentAt: number;
  readonly progressAt: number;
  readonly deadline: number;
  /** Whether it failed because the client said so. */
  readonly isAborted: boolean;
  /** Why it failed. */
  readonly why: string | undefined;
}

export type TransferEvent =
  | { readonly kind: 'ack'; readonly block: number }
  | { readonly kind: 'error'; readonly code: number; readonly message: string }
  /** The deadline has passed. */
  | { readonly kind: 'timeout' }
  /** The same client sent the same request again. */
  | { readonly kind: 'again' }
  /** The file cannot be read any further. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** What is sent: nothing, one datagram, or DATA packets. */
export type TransferOut = Uint8Array | Run | undefined;

export interface TransferStep {
  readonly state: Transfer;
  readonly out: TransferOut;
}

/** Milliseconds of silence after which a client is taken to be gone, or so many of its own time-outs. */
const PATIENCE = 30_000;
const PATIENCE_TIMEOUTS = 6;

/** The last block is shorter than the others, and empty if need be: its shortness is the end. */
export const lastBlock = ({ size, terms }: Pick<Transfer, 'size' | 'terms'>): number =>
  Math.floor(size / terms.blksize) + 1;

export function startTransfer(size: number, terms: Terms, now: number, rollover: Rollover = 0): TransferStep {
  const fresh: Transfer = {
    size,
    terms,
    rollover,
    phase: terms.accepted.size > 0 ? 'oack' : 'data',
    acked: 0,
    sent: 0,
    trouble: 0,
    tries: 0,
    backoff: 0,
    rtt: UNMEASURED,
    sentAt: now,
    progressAt: now,
    deadline: now,
    isAborted: false,
    why: undefined,
  };
  return sendWindow(fresh, now);
}

export function transferStep(state: Transfer, event: TransferEvent, now: number): TransferStep {
  if (isOver(state)) return still(state);
  switch (event.kind) {
    case 'ack':
      return acknowledged(state, event.block, now);
    case 'error':
      return fail({ ...state, isAborted: true }, `the client ended it: ${event.message || `error ${event.code}`}`);
    case 'timeout':
      return timedOut(state, now);
    case 'again':
      // Our first answer was lost, or crossed the repetition. Once data flows it is an old one.
      return state.acked === 0 && state.phase === firstPhase(state)
        ? sendWindow({ ...state, trouble: 2 }, now)
        : still(state);
    case 'unreadable':
      // A client that is told waits for nothing more.
      return { ...fail(state, event.why), out: encodeTftp({ kind: 'error', code: 0, message: event.why }) };
  }
}

export const isOver = ({ phase }: Transfer): boolean => phase === 'done' || phase === 'failed';

/** Whether a client only asked for the size (`tsize`) and then ended the transfer, as EDK2 does before every file. */
export const onlyAsked = ({ isAborted, acked, terms, sent }: Transfer): boolean =>
  isAborted && acked === 0 && sent === 0 && terms.accepted.has('tsize');

/** Whether what it said first was repeated in vain. */
export const isUnanswered = ({ acked, tries }: Transfer): boolean => acked === 0 && tries > 0;

const firstPhase = ({ terms }: Transfer): 'oack' | 'data' => (terms.accepted.size > 0 ? 'oack' : 'data');
const still = (state: Transfer): TransferStep => ({ state, out: undefined });
const fail = (state: Transfer, why: string): TransferStep => still({ ...state, phase: 'failed', why });

/**
 * The first repetition of a window is its last block only. If that one was lost, the window is whole with it; if the ACK was,
 * or all of the window, the client answers with the ACK of what it has. So a client that is merely slow is sent one packet
 * too many and not a window. A client that does not answer even so gets the window again.
 */
function timedOut(state: Transfer, now: number): TransferStep {
  if (now < state.deadline) return still(state);
  const patience = Math.max(PATIENCE, PATIENCE_TIMEOUTS * (state.terms.timeout ?? 0));
  if (now - state.progressAt >= patience) return fail(state, silence(state));
  const again: Transfer = { ...state, trouble: 2, tries: state.tries + 1, backoff: state.backoff + 1 };
  if (state.phase === 'oack' || state.tries > 0) return sendWindow(again, now);
  return { state: { ...again, deadline: deadlineOf(again, now) }, out: run(state, state.sent, state.sent) };
}

function silence(state: Transfer): string {
  if (state.phase === 'oack') return 'the client fell silent: it never answered what was granted to it';
  return `the client fell silent after block ${state.acked} of ${lastBlock(state)}`;
}

function acknowledged(state: Transfer, block: number, now: number): TransferStep {
  if (state.phase === 'oack') return block === 0 ? sendWindow(progress(state, 0, now), now) : still(state);
  const ahead = blocksAhead(block, state.acked, state.rollover);
  if (ahead === 0) return repeated(state, now);
  const acked = state.acked + ahead;
  if (acked > state.sent) return still(state);
  const next = progress(state, acked, now);
  if (acked === lastBlock(state)) return still({ ...next, phase: 'done' });
  return sendWindow(next, now);
}

/**
 * Where all of a window is acknowledged, the time it took is a measurement, unless something was sent twice: nobody knows then
 * which one the ACK is for. Within a window the ACK names the block before a gap, so sending goes on right behind it (RFC
 * 7440 4); more such ACKs are under way then, for what the client heard behind the gap.
 */
function progress(state: Transfer, acked: number, now: number): Fresh {
  const isWhole = acked === state.sent;
  const isMeasured = isWhole && state.trouble < 2;
  return {
    ...state,
    phase: 'data',
    acked,
    sent: acked,
    trouble: !isWhole ? 2 : state.trouble === 2 ? 1 : 0,
    tries: 0,
    backoff: isMeasured ? 0 : backoffAfter(state),
    rtt: isMeasured ? measured(state.rtt, now - state.sentAt) : state.rtt,
    progressAt: now,
  };
}

/**
 * Without a measurement lock-step keeps its long pauses (Karn's rule): the time may have grown. Windows take them back step by
 * step as the client gets on: where blocks overtake each other none is ever whole, and nothing would be measured again. If the
 * time has grown after all, that costs a block too many a window.
 */
function backoffAfter({ backoff, terms }: Transfer): number {
  const kept = Math.min(backoff, QUICK - 1);
  return terms.windowsize === 1 ? kept : Math.max(0, kept - 1);
}

/**
 * An ACK that comes again. In lock-step nothing follows from it: answering would double every block from then on (RFC 1123
 * 4.2.3.1). With a window it may be news of a gap at its very start, which is filled at once, but not where a repetition
 * before may have brought that ACK forth: there, too, one would bring forth the next.
 */
function repeated(state: Transfer, now: number): TransferStep {
  const isNews = state.trouble === 0 && state.acked > 0;
  // After a repetition of one block, the same ACK says that more is missing.
  const isAnswer = state.tries === 1;
  if (state.terms.windowsize === 1 || !(isNews || isAnswer)) return still(state);
  return sendWindow({ ...state, trouble: 2, tries: 2 }, now);
}

/** Milliseconds until what was sent is sent again. */
export const pauseBefore = (rtt: Rtt, backoff: number, { timeout }: Terms): number =>
  pauseOf(rtt, backoff, Math.max(LONG_PAUSE, 1.5 * (timeout ?? 0)));

const deadlineOf = ({ rtt, backoff, terms }: Transfer, now: number): number => now + pauseBefore(rtt, backoff, terms);

/** A state that nobody else has yet. */
type Fresh = { -readonly [Key in keyof Transfer]: Transfer[Key] };

/** Sends the OACK, or the window behind what is acknowledged. It writes into what it is given: of these there are thousands. */
function sendWindow(fresh: Fresh, now: number): TransferStep {
  fresh.sentAt = now;
  fresh.deadline = deadlineOf(fresh, now);
  if (fresh.phase === 'oack') {
    return { state: fresh, out: encodeTftp({ kind: 'oack', options: fresh.terms.accepted }) };
  }
  fresh.sent = Math.min(fresh.acked + fresh.terms.windowsize, lastBlock(fresh));
  return { state: fresh, out: run(fresh, fresh.acked + 1, fresh.sent) };
}

const run = ({ terms, rollover }: Transfer, first: number, last: number): Run => ({
  first,
  blocks: last - first + 1,
  blksize: terms.blksize,
  rollover,
});
