import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../src/shell/fail.ts';
import { listens } from './proc.ts';

/** A program under measurement, in a network namespace of its own. */
export interface Running {
  readonly pid: number;
  /** What it has written to both its outputs. */
  said(): Promise<string>;
  /** Ends it, by its id, and waits until it has ended. */
  stop(): Promise<void>;
}

export interface Start {
  readonly command: readonly string[];
  /** The network namespace. */
  readonly space: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where its outputs go: a file, as for a service whose log is kept. */
  readonly output: string;
  /** Ready once it has this port; `tcp` or `udp`. */
  readonly ready: { readonly protocol: 'tcp' | 'udp'; readonly port: number };
}

/** Milliseconds. */
const PATIENCE = { start: 15_000, stop: 5000, look: 25 } as const;

/** Starts a program and waits until it serves. Throws Failure with what it said where it does not. */
export async function start(options: Start): Promise<Running> {
  const { command, space, env, output } = options;
  const file = await open(output, 'w');
  // `ip` becomes the program itself: the id is the server's.
  const child = spawn('ip', ['netns', 'exec', space, ...command], {
    stdio: ['ignore', file.fd, file.fd],
    env: { ...process.env, ...env },
  });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let alive = true;
  const end = (): void => {
    alive = false;
    resolve();
  };
  child.once('exit', end).once('error', end);
  await file.close();
  const said = (): Promise<string> => readFile(output, 'utf8');
  const stop = async (): Promise<void> => {
    if (alive) child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), PATIENCE.stop);
    await ended;
    clearTimeout(kill);
  };
  const running = { pid: child.pid ?? 0, said, stop };
  await untilReady(running, options, () => alive);
  return running;
}

async function untilReady(running: Running, { command, ready }: Start, isAlive: () => boolean): Promise<void> {
  for (let waited = 0; waited < PATIENCE.start && isAlive(); waited += PATIENCE.look) {
    if (await listens(running.pid, ready.protocol, ready.port)) return;
    await sleep(PATIENCE.look);
  }
  await running.stop();
  const said = (await running.said()).trim().split('\n').slice(-4).join('\n');
  throw new Failure(`${command[0]} does not serve ${ready.protocol} port ${ready.port}: ${said}`, 'See what it said.');
}
