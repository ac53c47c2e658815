import { sentenceOf } from '../shell/fail.ts';

/** Seconds from which on a file has a line of its own. */
const WORTH_A_LINE = 3;

/** Counts tests and shows what failed. Everything goes through here, so that nothing can follow the last line. */
export class Tally {
  readonly #write: (text: string) => void;
  /** Skipped tests count as failed: where nobody looks, a test that never runs would stay unseen. */
  readonly #strict: boolean;
  #passed = 0;
  #failed = 0;
  #skipped = 0;
  #ring = { name: '', passed: 0, failed: 0, began: 0 };

  constructor(write: (text: string) => void, strict: boolean) {
    this.#write = write;
    this.#strict = strict;
  }

  get failed(): number {
    return this.#failed;
  }

  begin(name: string): void {
    this.#ring = { name, passed: this.#passed, failed: this.#failed, began: performance.now() };
    this.#write(`== ${name}\n`);
  }

  end(): void {
    const { name, passed, failed, began } = this.#ring;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    this.#write(`== ${name}: ${this.#passed - passed} passed, ${this.#failed - failed} failed in ${seconds} s\n\n`);
  }

  pass(): void {
    this.#passed++;
  }

  /** `why`: an error, or what a tool said. Without it the failure only counts: its parts were shown already. */
  fail(name: string, why?: unknown): void {
    this.#failed++;
    if (why !== undefined) this.#write(`FAILED ${name}\n${indented(textOf(why))}`);
  }

  /** A test that did not run. In CI, or without a reason, it counts as failed. */
  skip(name: string, reason: string): void {
    if (this.#strict || reason === '') return this.fail(`${name}: skipped`, reason || 'no reason is given');
    this.#skipped++;
    this.#write(`skipped ${name}: ${reason}\n`);
  }

  /** A file of tests has ended. Short ones would only hide the long ones. `said`: what it printed, to be shown. */
  file(name: string, seconds: number, said: string): void {
    if (said.trim() !== '') this.#write(`what ${name} printed:\n${indented(said)}`);
    if (seconds >= WORTH_A_LINE) this.#write(`${seconds.toFixed(1).padStart(8)} s  ${name}\n`);
  }

  note(line: string): void {
    this.#write(`${line}\n`);
  }

  total(): void {
    if (this.#skipped > 0) this.#write(`${this.#skipped} skipped\n`);
    this.#write(`${this.#passed} passed, ${this.#failed} failed\n`);
  }
}

const indented = (text: string): string => `${text.trimEnd().replaceAll(/^/gm, '    ')}\n`;

/** Node's own frames say nothing about a failure. */
export function textOf(why: unknown): string {
  if (!(why instanceof Error) || why.stack === undefined) return sentenceOf(why);
  const lines = why.stack.split('\n').filter((line) => !/^ +at .*\(?node:/.test(line));
  return lines.join('\n');
}
