import { sentenceOf } from '../src/shell/fail.ts';
import { figureText, median, rounded } from './numbers.ts';
import type { Measure, Peer } from './result.ts';

export interface NamedMeasure extends Measure {
  readonly id: string;
}

/** What is measured together, by whom it can be measured. Each taker gives one figure a measure for one round. */
export interface Task {
  readonly measures: readonly NamedMeasure[];
  readonly rounds: number;
  readonly takers: Readonly<Record<string, Take>>;
  /** Why a peer takes no part, by peer. */
  readonly absent?: Readonly<Record<string, string>>;
}

/** The figures of one round, one a measure of the task. */
export type Take = () => Promise<readonly number[]>;
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
  for (const { id, panel, label, unit, better } of task.measures) measures[id] = { panel, label, unit, better };
  for (const [peer, why] of Object.entries(task.absent ?? {})) miss(peers, peer, task, why);
  const taken = new Map<string, (readonly number[])[]>(Object.keys(task.takers).map((name) => [name, []]));
  for (let round = 0; round < task.rounds; round += 1) {
    const names = [...taken.keys()];
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const values = await valuesOf(task, name, tell);
      if ('why' in values) {
        miss(peers, name, task, values.why);
        taken.delete(name);
      } else {
        taken.get(name)?.push(values);
      }
    }
  }
  for (const [name, rounds] of taken) keep(peers[name], task, rounds);
}

function keep(peer: Peer | undefined, { measures }: Task, rounds: readonly (readonly number[])[]): void {
  for (const [index, { id }] of measures.entries()) {
    const values = rounds.map((round) => round[index] ?? Number.NaN);
    if (peer !== undefined) peer.figures[id] = { median: rounded(median(values)), rounds: values };
  }
}

interface Why {
  readonly why: string;
}

/** A peer that fails is never counted as 0: it has a reason instead of figures. */
async function valuesOf(task: Task, name: string, tell: Tell): Promise<readonly number[] | Why> {
  const figures = await (task.takers[name]?.() ?? Promise.resolve([])).catch((error: unknown) => ({
    why: sentenceOf(error).split('\n', 1)[0] ?? '',
  }));
  const given = 'why' in figures ? figures : figures.map(rounded);
  const whole = 'why' in given || task.measures.every((_, index) => Number.isFinite(given[index]));
  const values = whole ? given : { why: 'gave no figure' };
  for (const [index, { panel, label, unit }] of task.measures.entries()) {
    const said =
      'why' in values ? `has no figure: ${values.why}` : `${figureText(values[index] ?? Number.NaN)} ${unit}`;
    tell(`${panel}, ${label}: ${name} ${said}`.trimEnd());
  }
  return values;
}

function miss(peers: Record<string, Peer>, name: string, { measures }: Task, why: string): void {
  const peer = peers[name];
  if (peer === undefined) return;
  for (const { id } of measures) peer.missing[id] = why;
}
