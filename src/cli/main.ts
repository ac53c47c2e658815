import { Failure } from '../shell/fail.ts';
import { choose, readCall } from './call.ts';
import { notOnHosts } from './notOnHosts.ts';
import { VERBS } from './verbs.ts';

/** Reads the call, runs the verb and gives the exit code: 0 done, 1 it failed, 2 the call or a file is wrong. */
async function main(words: readonly string[]): Promise<number> {
  const chosen = choose(VERBS, words);
  if (chosen.kind === 'help') return help(chosen.verbs);
  const call = readCall(chosen.verb, chosen.rest);
  if (call === undefined) return help([chosen.verb]);
  const { run } = await chosen.verb.load().catch((thrown: unknown) => {
    throw notOnHosts(chosen.verb.name, thrown);
  });
  return run(call);
}

async function help(verbs: typeof VERBS): Promise<number> {
  const { helpText } = await import('./help.ts');
  process.stdout.write(helpText(verbs));
  return 0;
}

async function fail(thrown: unknown): Promise<void> {
  const { failureText } = await import('./failure.ts');
  process.stderr.write(failureText(thrown, process.stderr, process.env));
  process.exitCode = thrown instanceof Failure ? thrown.exit : 1;
}

// `pxen status | head` closes the pipe early; that is no failure of pxen.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
process.on('uncaughtException', (error) => {
  void fail(error).finally(() => process.exit());
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  await fail(thrown);
}
