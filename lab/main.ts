import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { Attempt } from './attempt.ts';
import type { LabOptions } from './options.ts';
import { picture } from './picture.ts';
import type { LabResult } from './result.ts';
import { Screen } from './screen.ts';
import { Interrupted } from './stop.ts';

export type { LabOptions } from './options.ts';
export type { LabResult } from './result.ts';

/**
 * Builds a virtual rack around the drive, runs the scenario, and tells how it went. A mistake of the call or of this
 * machine is thrown as Failure; a run that failed is a result with `ok: false`, its reason told already. The result is
 * written to `jsonFile` in both cases. Nothing runs any more when the promise settles.
 */
export async function runLab(options: LabOptions): Promise<LabResult> {
  const ending = new AbortController();
  const stop = (): void => ending.abort(new Interrupted());
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  let printed = '';
  const write = options.write ?? ((text: string) => void process.stderr.write(text));
  const screen = new Screen((text) => {
    printed += text;
    write(text);
  }, terminal(options));
  const attempt = new Attempt(options, screen, ending);
  try {
    return await attempt.run();
  } finally {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(name, stop);
    if (options.picture !== undefined)
      await writeFile(options.picture.file, picture(options.picture.call, printed.replaceAll(homedir(), '~')));
  }
}

const terminal = (options: LabOptions): boolean =>
  !options.headless && (options.isTerminal ?? (options.write === undefined && process.stderr.isTTY));
