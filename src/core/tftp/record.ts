import { blockNumber, type Run } from './blocks.ts';
import { measured, UNMEASURED, type Rtt } from './rtt.ts';
import { lastBlock, pauseBefore, type Transfer } from './transfer.ts';

/**
 * A transfer as numbers, for memory that several threads share: whoever hears the client carries it on. What stays the same
 * from its beginning to its end is not among them, nor why it failed.
 */

/** What stays the same. */
export type Lasting = Pick<Transfer, 'size' | 'terms' | 'rollover'>;

/** Where which number stands. */
const AT = {
  phase: 0,
  acked: 1,
  sent: 2,
  trouble: 3,
  tries: 4,
  backoff: 5,
  mean: 6,
  deviation: 7,
  sentAt: 8,
  progressAt: 9,
  deadline: 10,
  isAborted: 11,
} as const;
/** How many numbers it is. */
export const RECORD = 12;

/** In memory that is all zeroes there is no transfer yet. */
const PHASES: readonly (Transfer['phase'] | undefined)[] = [undefined, 'oack', 'data', 'done', 'failed'];
const NUMBERS = { oack: 1, data: 2, done: 3, failed: 4 } as const;
const TROUBLES = [0, 1, 2] as const;

export function writeRecord(record: Float64Array, state: Transfer): void {
  record[AT.phase] = NUMBERS[state.phase];
  record[AT.acked] = state.acked;
  record[AT.sent] = state.sent;
  record[AT.trouble] = state.trouble;
  record[AT.tries] = state.tries;
  record[AT.backoff] = state.backoff;
  writeRtt(record, state.rtt);
  record[AT.sentAt] = state.sentAt;
  record[AT.progressAt] = state.progressAt;
  record[AT.deadline] = state.deadline;
  record[AT.isAborted] = state.isAborted ? 1 : 0;
}

/** Undefined where it has not begun. */
export function readRecord(record: Float64Array, { size, terms, rollover }: Lasting): Transfer | undefined {
  const phase = PHASES[at(record, AT.phase)];
  if (phase === undefined) return undefined;
  return {
    size,
    terms,
    rollover,
    phase,
    acked: at(record, AT.acked),
    sent: at(record, AT.sent),
    trouble: TROUBLES[at(record, AT.trouble)] ?? 2,
    tries: at(record, AT.tries),
    backoff: at(record, AT.backoff),
    rtt: readRtt(record),
    sentAt: at(record, AT.sentAt),
    progressAt: at(record, AT.progressAt),
    deadline: at(record, AT.deadline),
    isAborted: at(record, AT.isAborted) === 1,
    why: undefined,
  };
}

/**
 * Takes in what nearly every ACK is: it names the last block of a window that was sent once, and not the last one of the file.
 * What then stands in the record is what `transferStep` would make of it, without the objects that this takes; the blocks behind
 * `acked` up to `sent` are to be sent. False for any other ACK, which changes nothing.
 */
export function takeWhole(record: Float64Array, lasting: Lasting, block: number, now: number): boolean {
  const sent = at(record, AT.sent);
  const last = lastBlock(lasting);
  const isOnce = at(record, AT.phase) === NUMBERS.data && at(record, AT.trouble) < 2 && sent > at(record, AT.acked);
  if (!isOnce || sent >= last || block !== blockNumber(sent, lasting.rollover)) return false;
  const rtt = measured(readRtt(record), now - at(record, AT.sentAt));
  writeRtt(record, rtt);
  record[AT.acked] = sent;
  record[AT.sent] = Math.min(sent + lasting.terms.windowsize, last);
  record[AT.trouble] = 0;
  record[AT.tries] = 0;
  record[AT.backoff] = 0;
  record[AT.sentAt] = now;
  record[AT.progressAt] = now;
  record[AT.deadline] = now + pauseBefore(rtt, 0, lasting.terms);
  return true;
}

/** Whether it has begun and has not ended. */
export const isUnderWay = (record: Float64Array): boolean =>
  at(record, AT.phase) === NUMBERS.oack || at(record, AT.phase) === NUMBERS.data;
export const hasEnded = (record: Float64Array): boolean => at(record, AT.phase) > NUMBERS.data;
export const deadlineIn = (record: Float64Array): number => at(record, AT.deadline);

/** The blocks that are sent and not acknowledged. */
export function runBehind(record: Float64Array, { terms, rollover }: Lasting): Run {
  const acked = at(record, AT.acked);
  return { first: acked + 1, blocks: at(record, AT.sent) - acked, blksize: terms.blksize, rollover };
}

/** The blocks that are to be sent when all of those are acknowledged; none where they are the last. */
export function runAhead(record: Float64Array, lasting: Lasting): Run {
  const { terms, rollover } = lasting;
  const sent = at(record, AT.sent);
  const blocks = Math.min(terms.windowsize, lastBlock(lasting) - sent);
  return { first: sent + 1, blocks, blksize: terms.blksize, rollover };
}

/** Milliseconds that the client takes to answer, smoothed; NaN before that was measured. */
export const meanIn = (record: Float64Array): number => at(record, AT.mean);

function readRtt(record: Float64Array): Rtt {
  const mean = at(record, AT.mean);
  return Number.isNaN(mean) ? UNMEASURED : { mean, deviation: at(record, AT.deviation) };
}

function writeRtt(record: Float64Array, { mean, deviation }: Rtt): void {
  record[AT.mean] = mean ?? Number.NaN;
  record[AT.deviation] = deviation;
}

const at = (record: Float64Array, index: number): number => record[index] ?? 0;
