import { relative } from 'node:path';
import { run, type EventData } from 'node:test';
import { CHECKOUT } from './checks.ts';
import type { Tally } from './tally.ts';

/** Runs test files, each in a process of its own, and counts every test. Files still running after `longest` ms fail. */
export async function runTests(files: string[], together: boolean, longest: number, tally: Tally): Promise<void> {
  const stream = run({ files, concurrency: together, cwd: CHECKOUT, signal: AbortSignal.timeout(longest) });
  const counted = new Set<string>();
  const said = new Map<string, string>();
  for (const name of ['test:stdout', 'test:stderr'] as const) {
    stream.on(name, ({ file, message }) => said.set(file, (said.get(file) ?? '') + message));
  }
  stream.on('test:pass', (event) => {
    if (isFile(event)) tally.fail(titleOf(event), 'the file holds no test');
    else countPass(event, tally);
    counted.add(event.file ?? '');
  });
  stream.on('test:fail', (event) => {
    countFail(event, tally, said.get(event.file ?? ''));
    counted.add(event.file ?? '');
  });
  stream.resume();
  await new Promise<void>((resolve, reject) => stream.once('end', resolve).once('error', reject));
  for (const file of files) if (!counted.has(file)) tally.fail(relative(CHECKOUT, file), 'the file reported nothing');
}

/** Node reports a file as a test where it holds none, or where something failed outside its tests. */
const isFile = (event: EventData.TestPass | EventData.TestFail): boolean => event.name === event.file;

const titleOf = ({ file, line, name }: EventData.TestPass | EventData.TestFail): string =>
  file === undefined ? name : `${relative(CHECKOUT, file)}:${line ?? 1} ${name === file ? '' : name}`.trimEnd();

function countPass(event: EventData.TestPass, tally: Tally): void {
  const skipped = event.skip ?? event.todo;
  if (skipped !== undefined && skipped !== false) return tally.skip(titleOf(event), skipped === true ? '' : skipped);
  if (event.details.type !== 'suite') tally.pass();
}

function countFail(event: EventData.TestFail, tally: Tally, said: string | undefined): void {
  const { error, type } = event.details;
  const kind = 'failureType' in error ? error.failureType : undefined;
  if (kind === 'subtestsFailed') {
    // What failed below was counted and shown; a suite is no test of its own.
    if (type !== 'suite') tally.fail(titleOf(event));
    return;
  }
  if (isFile(event)) return tally.fail(titleOf(event), fileFailure(kind, said));
  tally.fail(titleOf(event), error.cause ?? error);
}

const fileFailure = (kind: unknown, said = ''): string =>
  `${kind === 'testAborted' ? 'did not end in time' : 'failed outside its tests'}\n${said.slice(-4000)}`;
