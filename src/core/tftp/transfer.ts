import type { Terms } from './negotiate.ts';
import { encodeTftp } from './packet.ts';

/** The sending side of one transfer (RFC 1350, 2347, 7440). Blocks are counted from 1 and on past 65,535. */
export interface Transfer {
  readonly file: Uint8Array;
  readonly terms: Terms;
  readonly phase: 'oack' | 'data' | 'done' | 'failed';
  /** Blocks acknowledged, and blocks sent. */
  readonly acked: number;
  readonly sent: number;
  /** The `acked` for which a gap was already filled: asked again, the client has to wait for the timer. */
  readonly filled: number;
  /** Repetitions since the last progress. */
  readonly tries: number;
  /** Milliseconds; when to repeat if nothing comes. */
  readonly deadline: number;
  /** Why it failed. */
  readonly why: string | undefined;
}

export type TransferEvent =
  | { readonly kind: 'ack'; readonly block: number }
  | { readonly kind: 'error'; readonly code: number; readonly message: string }
  /** The deadline has passed. */
  | { readonly kind: 'timeout' }
  /** The same client sent the same request again. */
  | { readonly kind: 'again' };

export interface TransferStep {
  readonly state: Transfer;
  /** Datagrams for the client, in order. */
  readonly out: readonly Uint8Array[];
}

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 8000;
/** Repetitions without progress after which the client is taken to be gone: half a minute. */
const MOST_TRIES = 6;

const pause = (terms: Terms, tries: number): number =>
  terms.timeout ?? Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE);

/** The last block is shorter than the others, and empty if need be: its shortness is the end. */
const lastBlock = (transfer: Transfer): number => Math.floor(transfer.file.length / transfer.terms.blksize) + 1;

export function startTransfer(file: Uint8Array, terms: Terms, now: number): TransferStep {
  const phase = terms.accepted.size > 0 ? 'oack' : 'data';
  const fresh: Transfer = { file, terms, phase, acked: 0, sent: 0, filled: -1, tries: 0, deadline: 0, why: undefined };
  return send(fresh, now);
}

export function transferStep(state: Transfer, event: TransferEvent, now: number): TransferStep {
  if (state.phase === 'done' || state.phase === 'failed') return { state, out: [] };
  switch (event.kind) {
    case 'ack':
      return acknowledged(state, event.block, now);
    case 'error':
      return fail(state, `the client ended it: ${event.message || `error ${event.code}`}`);
    case 'timeout':
      return timedOut(state, now);
    case 'again':
      // Our first answer was lost, or crossed the repetition. Once data flows it is an old one.
      return state.acked === 0 ? send({ ...state, sent: 0 }, now) : { state, out: [] };
  }
}

const fail = (state: Transfer, why: string): TransferStep => ({ state: { ...state, phase: 'failed', why }, out: [] });

function timedOut(state: Transfer, now: number): TransferStep {
  if (now < state.deadline) return { state, out: [] };
  if (state.tries >= MOST_TRIES) return fail(state, `the client fell silent after block ${state.acked}`);
  return send({ ...state, sent: state.acked, filled: -1, tries: state.tries + 1 }, now);
}

function acknowledged(state: Transfer, block: number, now: number): TransferStep {
  if (state.phase === 'oack') return block === 0 ? send(progress(state, 0), now) : { state, out: [] };
  const ahead = (block - state.acked) & 0xffff;
  if (ahead === 0) return repeated(state, now);
  if (state.acked + ahead > state.sent) return { state, out: [] };
  const acked = state.acked + ahead;
  if (acked === lastBlock(state)) return { state: { ...progress(state, acked), phase: 'done' }, out: [] };
  // Within a window the ACK names the block before a gap, so sending goes on right behind it (RFC 7440 4).
  return send(progress(state, acked), now);
}

const progress = (state: Transfer, acked: number): Transfer => ({
  ...state,
  phase: 'data',
  acked,
  sent: acked,
  filled: -1,
  tries: 0,
});

/**
 * An ACK that comes again. In lock-step nothing follows from it: answering would double every block from then on (RFC 1123
 * 4.2.3.1). With a window it may be news of a gap at its very start, which is filled once.
 */
function repeated(state: Transfer, now: number): TransferStep {
  if (state.terms.windowsize === 1 || state.acked === 0 || state.filled === state.acked) return { state, out: [] };
  return send({ ...state, sent: state.acked, filled: state.acked }, now);
}

/** Sends the OACK, or the window behind what is acknowledged. */
function send(state: Transfer, now: number): TransferStep {
  const deadline = now + pause(state.terms, state.tries);
  if (state.phase === 'oack') {
    return { state: { ...state, deadline }, out: [encodeTftp({ kind: 'oack', options: state.terms.accepted })] };
  }
  const last = Math.min(state.acked + state.terms.windowsize, lastBlock(state));
  const out: Uint8Array[] = [];
  for (let block = state.acked + 1; block <= last; block += 1) out.push(dataPacket(state, block));
  return { state: { ...state, sent: last, deadline }, out };
}

/** Written by hand: the one packet of which there are thousands. */
function dataPacket({ file, terms }: Transfer, block: number): Uint8Array {
  const from = (block - 1) * terms.blksize;
  const part = file.subarray(from, from + terms.blksize);
  const bytes = new Uint8Array(4 + part.length);
  bytes[1] = 3;
  bytes[2] = (block >> 8) & 0xff;
  bytes[3] = block & 0xff;
  bytes.set(part, 4);
  return bytes;
}
