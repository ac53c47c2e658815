import { sentenceOf } from '../src/shell/fail.ts';
import { figureText, median, rounded } from './numbers.ts';
import type { Goal, Measure, Peer } from './result.ts';

/** One thing to measure, by whom it can be measured. Each taker gives one figure of one round. */
export interface Task extends Measure {
  readonly id: string;
  readonly rounds: number;
  readonly takers: Readonly<Record<string, Take>>;
  /** Why a peer takes no part in this measure, by peer. */
  readonly absent?: Readonly<Record<string, string>>;
}

export type Take = () => Promise<number>;
export type Tell = (line: string) => void;

/** Measures and peers of a result, as the rounds fill them. */
export interface Taken {
  readonly measures: Record<string, Measure>;
  readonly peers: Record<string, Peer>;
}

/** Takes every measure of every peer, the peers in turn, each as often first as last, so that the machine's noise falls on all. */
export async function takeAll(
  tasks: readonly Task[],
  versions: Readonly<Record<string, string>>,
  tell: Tell,
): Promise<Taken> {
  const peers = Object.fromEntries(
    Object.entries(versions).map(([name, version]): [string, Peer] => [name, { version, figures: {}, missing: {} }]),
  );
  const taken: Taken = { measures: {}, peers };
  for (const task of tasks) await takeOne(task, taken, tell);
  return taken;
}

async function takeOne(task: Task, { measures, peers }: Taken, tell: Tell): Promise<void> {
  const { id, panel, label, unit, better } = task;
  measures[id] = { panel, label, unit, better };
  for (const [peer, why] of Object.entries(task.absent ?? {})) miss(peers, peer, id, why);
  const figures = new Map<string, number[]>(Object.keys(task.takers).map((name) => [name, []]));
  for (let round = 0; round < task.rounds; round += 1) {
    const names = [...figures.keys()];
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await valueOf(task, name, tell);
      if (typeof value === 'number') figures.get(name)?.push(value);
      else {
        miss(peers, name, id, value.why);
        figures.delete(name);
      }
    }
  }
  for (const [name, rounds] of figures) {
    const peer = peers[name];
    if (peer !== undefined) peer.figures[id] = { median: rounded(median(rounds)), rounds };
  }
}

/** A peer that fails is never counted as 0: it has a reason instead of a figure. */
async function valueOf({ takers, panel, label, unit }: Task, name: string, tell: Tell): Promise<number | Why> {
  const what = `${panel}, ${label}: ${name}`;
  try {
    const value = rounded((await takers[name]?.()) ?? Number.NaN);
    if (!Number.isFinite(value)) return { why: 'gave no figure' };
    tell(`${what} ${figureText(value)} ${unit}`);
    return value;
  } catch (error) {
    const why = sentenceOf(error).split('\n', 1)[0] ?? '';
    tell(`${what} has no figure: ${why}`);
    return { why };
  }
}

interface Why {
  readonly why: string;
}

function miss(peers: Record<string, Peer>, name: string, id: string, why: string): void {
  const peer = peers[name];
  if (peer !== undefined) peer.missing[id] = why;
}

interface Bound {
  readonly least?: number;
  readonly most?: number;
}

export function goal(title: string, exact: number, bound: Bound): Goal {
  const value = rounded(exact);
  const { least, most } = bound;
  return { title, value, ...bound, met: (least === undefined || value >= least) && (most === undefined || value <= most) };
}

/**
 * Ours through the best of the peers named, round by round; the median of that. Undefined where ours or all of them have
 * no figure.
 */
export function ratioTo(taken: Taken, id: string, peers: readonly string[]): number | undefined {
  const ours = taken.peers['pxen']?.figures[id]?.rounds;
  const theirs = peers.flatMap((name) => {
    const rounds = taken.peers[name]?.figures[id]?.rounds;
    return rounds === undefined ? [] : [rounds];
  });
  if (ours === undefined || theirs.length === 0) return undefined;
  const best = taken.measures[id]?.better === 'lower' ? Math.min : Math.max;
  return median(ours.map((value, round) => value / best(...theirs.map((rounds) => rounds[round] ?? Number.NaN))));
}
