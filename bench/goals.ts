import { median, rounded } from './numbers.ts';
import type { Goal } from './result.ts';
import type { Taken } from './rounds.ts';

/** A goal that nothing was measured for is undefined, and left out of the result. */
export type Goals = Readonly<Record<string, Goal | undefined>>;

/** What is wanted of a figure. */
export type Wanted = Omit<Goal, 'value' | 'met'>;

/** Undefined where the peer's figure was too small to divide by. */
function goal(wanted: Wanted, exact: number): Goal | undefined {
  if (!Number.isFinite(exact)) return undefined;
  const [value, { least, most }] = [rounded(exact), wanted];
  return { ...wanted, value, met: (least === undefined || value >= least) && (most === undefined || value <= most) };
}

/**
 * Ours through the best of the peers named, round by round; the median of that. Undefined where ours or all of them have
 * no figure.
 */
export function ratioGoal(taken: Taken, id: string, peers: readonly string[], wanted: Wanted): Goal | undefined {
  const ours = taken.peers['pxen']?.figures[id]?.rounds;
  const theirs = peers.flatMap((name) => {
    const rounds = taken.peers[name]?.figures[id]?.rounds;
    return rounds === undefined ? [] : [rounds];
  });
  if (ours === undefined || theirs.length === 0) return undefined;
  const best = taken.measures[id]?.better === 'lower' ? Math.min : Math.max;
  const ratios = ours.map((value, round) => value / best(...theirs.map((rounds) => rounds[round] ?? Number.NaN)));
  return goal(wanted, median(ratios));
}

/** A bound on ours alone. */
export function ownGoal({ peers }: Taken, id: string, wanted: Wanted): Goal | undefined {
  const figure = peers['pxen']?.figures[id];
  return figure === undefined ? undefined : goal(wanted, figure.median);
}
