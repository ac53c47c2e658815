/** How long a client takes from a window to its ACK, as RFC 6298 reckons it. Milliseconds. */
export interface Rtt {
  /** Smoothed; undefined before the first measurement. */
  readonly mean: number | undefined;
  readonly deviation: number;
}

export const UNMEASURED: Rtt = { mean: undefined, deviation: 0 };

/** Before anything is known of a client. RFC 6298 2.1 says a second; clients repeat what they ask after one, and we come before. */
const FIRST_PAUSE = 500;
/**
 * The least that is added to the mean before the first repetition, which is one block: every lost block that nothing behind it
 * tells of costs this.
 */
const LEAST_SLACK = 10;
/**
 * The least pause before the second one, which may be a window. Clients print, draw and write to flash between two blocks, now
 * and then for so long; a repetition they did not need is only load.
 */
const LEAST_SECOND = 30;
/**
 * What follows on the quick repetitions: longer than clients wait before they speak up by themselves. atftp answers a block
 * that comes again only once, and then not before nothing has come for five seconds, whatever it negotiated.
 */
export const LONG_PAUSE = 6000;
/** Repetitions that come quickly. That all of them are lost is rarer than that they are not what is wanted. */
export const QUICK = 5;

/** Takes in a measurement (RFC 6298 2.2, 2.3: alpha 1/8, beta 1/4). */
export function measured({ mean, deviation }: Rtt, sample: number): Rtt {
  if (mean === undefined) return { mean: sample, deviation: sample / 2 };
  return {
    mean: mean + (sample - mean) / 8,
    deviation: deviation + (Math.abs(sample - mean) - deviation) / 4,
  };
}

/** When to repeat, after so many repetitions that brought no measurement: twice as long after each, and then `longest`. */
export function pauseOf({ mean, deviation }: Rtt, repetitions: number, longest: number): number {
  if (repetitions >= QUICK) return longest;
  const first = mean === undefined ? FIRST_PAUSE : mean + Math.max(4 * deviation, LEAST_SLACK);
  if (repetitions === 0) return Math.min(first, longest);
  return Math.min(Math.max(2 * first, LEAST_SECOND) * 2 ** (repetitions - 1), longest);
}
