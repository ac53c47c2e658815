import { main } from '../../src/host0/main.ts';
import { Failure } from '../../src/shell/fail.ts';

/** The boot server as a process of its own, so that a test can put it into a namespace. */
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n${error.remedy}\n`);
  process.exitCode = error.exit;
}
