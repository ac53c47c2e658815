import { spawn, type StdioOptions } from 'node:child_process';
import { Failure } from './fail.ts';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** Milliseconds until the command is ended; none means it may take as long as it likes. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Exit codes that are no failure; 0 where absent. */
  readonly accept?: readonly number[];
  /** Called with the command, ready to paste into a shell, before it runs. */
  readonly tell?: (line: string) => void;
  /** Lets the command speak to the terminal itself instead of being captured. */
  readonly inherit?: boolean;
  /** Called with each piece of output as it arrives, both streams. */
  readonly onOutput?: (text: string) => void;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Run = (command: readonly string[], options?: RunOptions) => Promise<RunResult>;

/** Characters of a command that a failure shows. */
const LONGEST = 160;
const QUOTE_FREE = /^[\w@%+=:,./-]+$/;

/** A command as one would paste it into a POSIX shell. */
export function shellLine(command: readonly string[]): string {
  return command
    .map((word) => (QUOTE_FREE.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ');
}

/** Runs an external command; the only place in the house that does. Fails with the last lines of what it said. */
export const run: Run = async (command, options = {}) => {
  options.tell?.(shellLine(command));
  const result = await collect(command, options);
  if ((options.accept ?? [0]).includes(result.code)) return result;
  const said = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-6).join('\n');
  const line = shellLine(command).replaceAll('\n', ' ');
  const shown = line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line;
  throw new Failure(`${shown} ended with ${result.code}${said ? `: ${said}` : ''}`, 'See what it said.');
};

function collect(command: readonly string[], options: RunOptions): Promise<RunResult> {
  const [program = '', ...words] = command;
  const stdio: StdioOptions = options.inherit ? 'inherit' : ['pipe', 'pipe', 'pipe'];
  const { promise, resolve, reject } = Promise.withResolvers<RunResult>();
  const child = spawn(program, words, {
    stdio,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: { ...process.env, ...options.env } }),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout, killSignal: 'SIGKILL' as const }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
      options.onOutput?.(text);
    });
  }
  child.on('error', (error: NodeJS.ErrnoException) => reject(cannotStart(program, error)));
  child.on('close', (code, signal) => resolve({ code: code ?? (signal === null ? 1 : 137), ...said }));
  // A command that ends without reading its input closes the pipe; its exit code tells what matters.
  child.stdin?.on('error', () => undefined).end(options.input);
  return promise;
}

/** Debian packages that are not called as their programs are. */
const PACKAGES: Readonly<Record<string, string>> = { ip: 'iproute2', lsblk: 'util-linux', unshare: 'util-linux' };

const installText = (program: string): string =>
  `Install ${PACKAGES[program] === undefined ? program : `${PACKAGES[program]} (Debian, Ubuntu)`} and try again.`;

function cannotStart(program: string, error: NodeJS.ErrnoException): Failure {
  return error.code === 'ENOENT'
    ? new Failure(`the program ${program} is not installed`, installText(program), 1, error)
    : new Failure(`${program} could not be run: ${error.message}`, 'See the reason above.', 1, error);
}
