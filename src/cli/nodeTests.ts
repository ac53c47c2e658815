import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endGroup, forkGroup, groupMembers } from '../shell/processGroup.ts';
import { removeSpaces } from '../shell/spaces.ts';
import type { Load } from './pool.ts';
import type { Tally } from './tally.ts';

export interface TestFile extends Load {
  readonly path: string;
}

/** What the runner (testRunner.ts) is to run. */
export interface Order {
  readonly files: readonly TestFile[];
  /** How many processors files that run at the same time may keep busy together (pool.ts). */
  readonly room: number;
}

/** What became of one test, or of a whole file. A suite counts for nothing by itself. */
export type Counted =
  | { readonly kind: 'pass' | 'suite' }
  | { readonly kind: 'fail'; readonly name: string; readonly why?: string }
  | { readonly kind: 'skip'; readonly name: string; readonly reason: string }
  // `said`: all that it printed, where something in it failed.
  | { readonly kind: 'file'; readonly name: string; readonly seconds: number; readonly said: string };

const RUNNER = join(import.meta.dirname, 'testRunner.ts');
/** Milliseconds that the runner gets to tell what had not ended in time. */
const LAST_WORDS = 5000;

/**
 * Runs test files, each in a process of its own, and counts every test. All that they start is one process group with a folder for
 * its temporary files. Files still running after `longest` ms fail. When it is over, or `ending` is aborted, nothing of it is left.
 */
export async function runTests(order: Order, longest: number, tally: Tally, ending: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pxt-'));
  // Some tests run a program as nobody, who has to reach what they made below.
  await chmod(folder, 0o711);
  // A test of the house calls this too: Node refuses to run tests within tests, by that variable.
  const runner = forkGroup(RUNNER, { TMPDIR: folder, NODE_TEST_CONTEXT: undefined });
  runner.on('message', (counted: Counted) => count(counted, tally));
  runner.send(order);
  const why = await whyOver(runner, longest, ending);
  // Namespaces bear the ids of processes that are about to end.
  const members = await groupMembers(runner.pid ?? 0);
  if (why === 'time') await lastWords(runner);
  else if (why === 'over' && runner.exitCode !== 0) tally.fail('the runner of tests', endOf(runner));
  await endGroup(runner.pid ?? 0);
  if (why !== 'over') await removeSpaces(members);
  await rm(folder, { recursive: true, force: true });
}

type Runner = ReturnType<typeof forkGroup>;
type Why = 'over' | 'time' | 'ending';

async function whyOver(runner: Runner, longest: number, ending: AbortSignal): Promise<Why> {
  const { promise, resolve } = Promise.withResolvers<Why>();
  const timer = setTimeout(() => resolve('time'), longest);
  const end = (): void => resolve('ending');
  ending.addEventListener('abort', end);
  if (ending.aborted) end();
  void ended(runner).then(() => resolve('over'));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    ending.removeEventListener('abort', end);
  }
}

/** All that it told has been heard then. */
async function ended(runner: Runner): Promise<void> {
  await Promise.all([once(runner, 'exit'), once(runner, 'disconnect')]);
}

const endOf = ({ exitCode, signalCode }: Runner): string => `it ended with ${signalCode ?? exitCode}`;

async function lastWords(runner: Runner): Promise<void> {
  runner.send('time is over');
  await Promise.race([ended(runner), sleep(LAST_WORDS)]);
}

function count(counted: Counted, tally: Tally): void {
  if (counted.kind === 'pass') tally.pass();
  else if (counted.kind === 'fail') tally.fail(counted.name, counted.why);
  else if (counted.kind === 'skip') tally.skip(counted.name, counted.reason);
  else if (counted.kind === 'file') tally.file(counted.name, counted.seconds, counted.said);
}
