import { Failure } from '../../src/shell/fail.ts';

/** What came of offering a rate. */
export interface Step {
  readonly offered: number;
  /** Exchanges that ended with an ACK, a second. */
  readonly achieved: number;
  readonly lost: number;
}

export interface SearchOptions {
  /** The first rate that is offered. */
  readonly from: number;
  /** The search ends when what passed and what failed are this near to each other (1.05: within 5 %). */
  readonly near: number;
  readonly most: number;
  /** Share of exchanges that may be lost. */
  readonly mayLose: number;
}

/**
 * The highest rate of exchanges a second that a server completes while it loses at most `mayLose` of them: the rate is
 * doubled until it fails (halved until it passes), then what lies between is halved. Throws Failure where no rate passed
 * within `most` steps: that is no rate of 0.
 */
export async function highestRate(options: SearchOptions, offer: (rate: number) => Promise<Step>): Promise<number> {
  let [good, bad, best, rate] = [0, Number.POSITIVE_INFINITY, 0, options.from];
  for (let steps = 0; steps < options.most && bad > good * options.near; steps += 1) {
    const { achieved, lost } = await offer(rate);
    if (lost <= options.mayLose) {
      good = rate;
      best = Math.max(best, achieved);
    } else {
      bad = rate;
    }
    rate = Math.round(nextRate(good, bad));
  }
  if (best > 0) return best;
  throw new Failure(`held no rate, down to ${bad} exchanges a second`, 'Is the machine busy with other things?');
}

function nextRate(good: number, bad: number): number {
  if (good === 0) return bad / 2;
  return bad === Number.POSITIVE_INFINITY ? good * 2 : (good + bad) / 2;
}
