import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { run } from '../shell/run.ts';
import type { Tally } from './tally.ts';

export const CHECKOUT = join(import.meta.dirname, '..', '..');

export interface Check {
  readonly name: string;
  readonly command: readonly string[];
}

/** Runs commands that say what is wrong with the sources; each counts as one test. */
export function checks(list: readonly Check[]): (tally: Tally, ending: AbortSignal) => Promise<void> {
  return async (tally, ending) => {
    for (const { name, command } of list) {
      const { code, stdout, stderr } = await run(command, { cwd: CHECKOUT, accept: ANY, signal: ending });
      if (code === 0) tally.pass();
      else tally.fail(name, stripVTControlCharacters(stdout + stderr) || `ended with ${code}`);
    }
  };
}

const ANY = Array.from({ length: 256 }, (_, code) => code);
