import { relative } from 'node:path';
import { run, type EventData } from 'node:test';
import { CHECKOUT } from './checks.ts';
import type { Counted, Order } from './nodeTests.ts';
import { textOf } from './tally.ts';

/** Runs test files in the process group that this process leads, and tells its parent (nodeTests.ts) what became of each test. */

process.once('message', (order: Order) => void runFiles(order));
// Nobody would count or end what still runs.
process.once('disconnect', () => process.kill(-process.pid, 'SIGKILL'));

const tell = (counted: Counted): boolean => process.send?.(counted) ?? false;

const timeIsOver = new AbortController();

async function runFiles({ files, together }: Order): Promise<void> {
  process.once('message', () => timeIsOver.abort());
  const stream = run({ files: [...files], concurrency: together, cwd: CHECKOUT, signal: timeIsOver.signal });
  const counted = new Set<string>();
  const said = new Map<string, string>();
  for (const name of ['test:stdout', 'test:stderr'] as const) {
    stream.on(name, ({ file, message }) => said.set(file, (said.get(file) ?? '') + message));
  }
  stream.on('test:pass', (event) => {
    tell(passed(event));
    counted.add(event.file ?? '');
  });
  stream.on('test:fail', (event) => {
    tell(failed(event, said.get(event.file ?? '')));
    counted.add(event.file ?? '');
  });
  stream.resume();
  await new Promise<void>((resolve, reject) => stream.once('end', resolve).once('error', reject));
  for (const file of files)
    if (!counted.has(file)) tell({ kind: 'fail', name: relative(CHECKOUT, file), why: 'the file reported nothing' });
  process.removeAllListeners('disconnect');
  process.disconnect();
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

function failed(event: EventData.TestFail, said: string | undefined): Counted {
  const { error, type } = event.details;
  const name = titleOf(event);
  const failure = 'failureType' in error ? error.failureType : undefined;
  // What failed below was counted and shown; a suite is no test of its own.
  if (failure === 'subtestsFailed') return type === 'suite' ? { kind: 'suite' } : { kind: 'fail', name };
  return { kind: 'fail', name, why: isFile(event) ? fileFailure(failure, said) : textOf(error.cause ?? error) };
}

const fileFailure = (kind: unknown, said = ''): string =>
  `${kind === 'testAborted' ? 'did not end in time' : 'failed outside its tests'}\n${said.slice(-4000)}`;
