/** The part of a terminal (or a file, or a pipe) that pxen writes to. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

type Environment = Readonly<Record<string, string | undefined>>;

const STYLES = { red: 31, green: 32, yellow: 33, bold: 1, dim: 2 } as const;
export type Style = keyof typeof STYLES;

/** Paints words for a terminal; leaves them alone elsewhere and where NO_COLOR is set (no-color.org). */
export function paint(stream: { isTTY?: boolean }, environment: Environment): (style: Style, text: string) => string {
  const fine = stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
  return (style, text) => (fine ? `\u001B[${STYLES[style]}m${text}\u001B[0m` : text);
}

/** Tells a person how far a long work is. */
export interface Progress {
  /** A new step begins; the one before it has ended. */
  step(what: string, why?: string): void;
  /** The work has ended; nothing more is drawn. */
  end(): void;
}

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
/** Milliseconds between two pictures of the line. */
const REDRAW = 100;
/** Milliseconds after which a step that is still running says so where lines cannot be redrawn. */
const REMIND = 30_000;

/**
 * On a terminal one line with a spinner and the seconds of the step, replaced by what it took; elsewhere plain lines,
 * and one more every half minute, so that a log shows that something still happens.
 */
export function progress(output: Output, now: () => number = () => performance.now()): Progress {
  let current: { what: string; since: number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let frame = 0;
  const seconds = (): string => `${Math.round((now() - (current?.since ?? 0)) / 1000)} s`;
  const draw = (): void => {
    if (current === undefined) return;
    if (!output.isTTY) return void output.write(`  still: ${current.what} (${seconds()})\n`);
    frame = (frame + 1) % FRAMES.length;
    const line = `${FRAMES[frame]} ${current.what} ${seconds()}`;
    output.write(`\r\u001B[K${line.slice(0, (output.columns ?? 80) - 1)}`);
  };
  const end = (): void => {
    clearInterval(timer);
    if (current !== undefined && output.isTTY) output.write(`\r\u001B[K✓ ${current.what} ${seconds()}\n`);
    current = undefined;
  };
  return {
    step(what, why) {
      end();
      current = { what: why === undefined ? what : `${what} (${why})`, since: now() };
      if (!output.isTTY) output.write(`- ${current.what}\n`);
      timer = setInterval(draw, output.isTTY ? REDRAW : REMIND).unref();
    },
    end,
  };
}

/** Does long work with progress on standard error, whatever becomes of it. */
export async function withProgress<T>(work: (step: Progress['step']) => Promise<T>): Promise<T> {
  const shown = progress(process.stderr);
  try {
    return await work((what, why) => shown.step(what, why));
  } finally {
    shown.end();
  }
}
