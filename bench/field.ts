import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKOUT } from '../src/build/paths.ts';
import { sentenceOf } from '../src/shell/fail.ts';
import { run } from '../src/shell/run.ts';
import type { Bed, Beds } from './bed.ts';
import type { Goals } from './goals.ts';
import { thisMachine } from './proc.ts';
import { benchResult, type BenchResult, type Goal } from './result.ts';
import type { Take, Taken, Tell } from './rounds.ts';
import type { Server } from './servers/server.ts';

/** What a bench is given. */
export interface Job {
  readonly beds: Beds;
  readonly quick: boolean;
  readonly tell: Tell;
}

/** A server and where it is measured. */
export interface Stand {
  readonly server: Server;
  readonly bed: Bed;
}

/** All that are measured beside each other. */
export interface Field {
  readonly stands: readonly Stand[];
  readonly versions: Readonly<Record<string, string>>;
  /** Why a peer is not among them, by peer. */
  readonly absent: Readonly<Record<string, string>>;
}

/** Makes a bed for each server that can be had. */
export async function setUp(
  { beds, tell }: Job,
  servers: Readonly<Record<string, () => Promise<Server>>>,
): Promise<Field> {
  const stands: Stand[] = [];
  const [versions, absent]: Record<string, string>[] = [{}, {}];
  for (const [name, make] of Object.entries(servers)) {
    const server = await make().catch((error: unknown) => sentenceOf(error));
    if (typeof server === 'string') {
      tell(`${name} takes no part: ${server}`);
      Object.assign(absent ?? {}, { [name]: server });
    } else {
      stands.push({ server, bed: await beds.make() });
    }
    Object.assign(versions ?? {}, { [name]: typeof server === 'string' ? 'absent' : server.version });
  }
  return { stands, versions: versions ?? {}, absent: absent ?? {} };
}

/** The same thing measured of every server, or of those named. */
export const takers = (
  { stands }: Field,
  measure: (stand: Stand) => Promise<readonly number[]>,
  only?: readonly string[],
): Record<string, Take> =>
  Object.fromEntries(
    stands
      .filter(({ server }) => only?.includes(server.name) ?? true)
      .map((stand) => [stand.server.name, () => measure(stand)]),
  );

/** Our version, with the commit where there is one. */
export async function ownVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(CHECKOUT, 'package.json'), 'utf8')) as { version: string };
  const git = ['git', '-C', CHECKOUT, 'rev-parse', '--short', 'HEAD'];
  const { stdout } = await run(git, { accept: [0, 128] }).catch(() => ({ stdout: '' }));
  return [version, stdout.trim()].filter(Boolean).join(' ');
}

/** The result of a bench. A goal that nothing was measured for is left out. */
export async function resultOf(
  bench: BenchResult['bench'],
  { quick }: Job,
  taken: Taken,
  more: { readonly notes: readonly string[]; readonly ratio: Goals; readonly limit: Goals },
): Promise<BenchResult> {
  const [machine, notes] = [await thisMachine(), [...more.notes]];
  const [ratio, limit] = [there(more.ratio), there(more.limit)];
  return benchResult.parse({ schema: 'pxen.bench/1', bench, quick, machine, notes, ...taken, ratio, limit });
}

const there = (goals: Goals): Record<string, Goal> =>
  Object.fromEntries(Object.entries(goals).flatMap(([id, goal]) => (goal === undefined ? [] : [[id, goal]])));
