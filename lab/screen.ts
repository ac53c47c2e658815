import type { Machine } from './machine.ts';
import { lastStage, STAGES, type Boot } from './progress.ts';
import type { Board } from './board.ts';

const REDRAW_MS = 250;
/** Up one line, and the line cleared (ECMA-48). */
const UP_AND_CLEAR = '\u001B[1A\u001B[2K';

/** One machine in one line: name, how it boots, the stages reached with their seconds, and the seconds so far. */
export function machineLine(name: string, boots: string, boot: Boot | undefined, on: boolean, seconds: number): string {
  const head = `${name.padEnd(8)} ${boots.padEnd(13)}`;
  if (boot === undefined) return `${head} off`;
  const stages = STAGES.map((stage) => {
    const at = boot.seconds[stage];
    return at === null ? '' : `${stage} ${at.toFixed(1)}  `;
  }).join('');
  const failure = boot.failure === null ? '' : `FAILED: ${boot.failure.split('\n')[0]} `;
  return `${head} ${stages}${failure}${now(boot, on, seconds)}`.trimEnd();
}

function now(boot: Boot, on: boolean, seconds: number): string {
  if (!on) return 'off';
  return lastStage(boot) === 'ready' ? '' : `... ${seconds.toFixed(0)} s`;
}

/** Shows progress: a redrawn block on a terminal, a line for each event elsewhere. */
export class Screen {
  readonly #write: (text: string) => void;
  readonly #isTerminal: boolean;
  #machines: readonly Machine[] = [];
  #board: Board | undefined;
  #drawn = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (text: string) => void, isTerminal: boolean) {
    this.#write = write;
    this.#isTerminal = isTerminal;
  }

  show(machines: readonly Machine[], board: Board): void {
    this.#machines = machines;
    this.#board = board;
    if (this.#isTerminal) this.#timer = setInterval(() => this.#redraw(), REDRAW_MS);
  }

  /** An event of a machine; the block shows it by itself. */
  event(machine: Machine, at: number, what: string): void {
    const { name, firmware, drive } = machine.spec;
    if (this.#isTerminal) this.#redraw();
    else
      this.#write(
        `lab: ${at.toFixed(1).padStart(7)} s  ${name} (${firmware}, ${drive === null ? 'network' : 'drive'}): ${what}\n`,
      );
  }

  /** A sentence that stays. */
  say(sentence: string): void {
    this.#erase();
    this.#write(`lab: ${sentence}\n`);
    if (this.#timer !== undefined) this.#redraw();
  }

  close(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#redraw();
    this.#timer = undefined;
    this.#drawn = 0;
  }

  #erase(): void {
    this.#write(UP_AND_CLEAR.repeat(this.#drawn));
    this.#drawn = 0;
  }

  #redraw(): void {
    this.#erase();
    for (const machine of this.#machines) {
      const { name, firmware, drive } = machine.spec;
      const boots = `${firmware} ${drive === null ? 'network' : 'drive'}`;
      this.#write(`${machineLine(name, boots, this.#board?.boot(machine), machine.isOn, machine.seconds)}\n`);
    }
    this.#drawn = this.#machines.length;
  }
}
