import { relative } from 'node:path';
import { run, type EventData } from 'node:test';
import { CHECKOUT } from './checks.ts';
import type { Counted, Order, TestFile } from './nodeTests.ts';
import { pooled } from './pool.ts';
import { textOf } from './tally.ts';

/** Runs test files in the process group that this process leads, and tells its parent (nodeTests.ts) what became of each test. */

process.once('message', (order: Order) => void runFiles(order));
// Nobody would count or end what still runs.
process.once('disconnect', () => process.kill(-process.pid, 'SIGKILL'));

const tell = (counted: Counted): boolean => process.send?.(counted) ?? false;

const timeIsOver = new AbortController();

async function runFiles({ files, room }: Order): Promise<void> {
  process.once('message', () => timeIsOver.abort());
  await pooled(files, room, runFile);
  process.removeAllListeners('disconnect');
  process.disconnect();
}

async function runFile({ path }: TestFile): Promise<void> {
  const began = performance.now();
  const stream = run({ files: [path], concurrency: false, cwd: CHECKOUT, signal: timeIsOver.signal });
  let said = '';
  let [counted, isGood] = [false, true];
  for (const name of ['test:stdout', 'test:stderr'] as const) stream.on(name, ({ message }) => (said += message));
  stream.on('test:pass', (event) => {
    counted = true;
    tell(passed(event));
  });
  stream.on('test:fail', (event) => {
    [counted, isGood] = [true, false];
    tell(failed(event));
  });
  stream.resume();
  await new Promise<void>((resolve, reject) => stream.once('end', resolve).once('error', reject));
  const name = relative(CHECKOUT, path);
  isGood &&= counted;
  if (!counted) tell({ kind: 'fail', name, why: 'the file reported nothing' });
  const seconds = (performance.now() - began) / 1000;
  tell({ kind: 'file', name, seconds, said: isGood ? '' : said });
}

/** Node reports a file as a test where it holds none, or where something failed outside its tests. */
const isFile = (event: EventData.TestPass | EventData.TestFail): boolean => event.name === event.file;

const titleOf = ({ file, line, name }: EventData.TestPass | EventData.TestFail): string =>
  file === undefined ? name : `${relative(CHECKOUT, file)}:${line ?? 1} ${name === file ? '' : name}`.trimEnd();

function passed(event: EventData.TestPass): Counted {
  const name = titleOf(event);
  if (isFile(event)) return { kind: 'fail', name, why: 'the file holds no test' };
  const skipped = event.skip ?? event.todo;
  if (skipped !== undefined && skipped !== false)
    return { kind: 'skip', name, reason: skipped === true ? '' : skipped };
  return { kind: event.details.type === 'suite' ? 'suite' : 'pass' };
}

function failed(event: EventData.TestFail): Counted {
  const { error, type } = event.details;
  const name = titleOf(event);
  const failure = 'failureType' in error ? error.failureType : undefined;
  // What failed below was counted and shown; a suite is no test of its own.
  if (failure === 'subtestsFailed') return type === 'suite' ? { kind: 'suite' } : { kind: 'fail', name };
  return { kind: 'fail', name, why: isFile(event) ? fileFailure(failure) : textOf(error.cause ?? error) };
}

/** What the file printed is shown when it has ended. */
const fileFailure = (kind: unknown): string =>
  kind === 'testAborted' ? 'did not end in time' : 'failed outside its tests';
