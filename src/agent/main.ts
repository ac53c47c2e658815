import { realClock } from '../shell/clock.ts';
import { sayOnConsole } from '../shell/console.ts';
import { sentenceOf } from '../shell/fail.ts';
import { realHostFiles } from '../shell/host-files.ts';
import { stderrLog } from '../shell/log.ts';
import { run } from '../shell/run.ts';
import type { Machine } from './machine.ts';

/** The agent of a host, from its start to the end of the host. */
async function main(machine: Machine): Promise<void> {
  await sayOnConsole(machine.files, 'pxen: agent started');
  // Loaded only now: on a slow machine that takes seconds, and the line above tells that Node runs.
  const { work } = await import('./work.ts');
  await work(machine);
}

try {
  await main({ run, files: realHostFiles, clock: realClock, log: stderrLog() });
} catch (error) {
  process.stderr.write(`pxen agent: ${sentenceOf(error)}\n`);
  process.exitCode = 1;
}
