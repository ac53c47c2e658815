import { cpus } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../src/shell/fail.ts';
import { DATA_HEADER } from '../../src/core/tftp/blocks.ts';
import { CLIENT, SERVER, type Bed } from '../bed.ts';
import { start, type Running } from '../process.ts';
import { fetchBeside, type Wish } from './fetch.ts';

const PORT = 6969;
const ECHO_PORT = 6970;
const TFTP_PORT = 69;
/** Milliseconds. */
const PATIENCE = 10_000;

/** What one client got at a distance. */
export interface Far {
  /** Of what the window allows: window x blksize through the round trip. */
  readonly share: number;
  /** Milliseconds of the way there and back, as the least of programs finds it. */
  readonly roundTrip: number;
}

/**
 * One client at a distance of `delay` milliseconds. The round trip is longer than that: the relay takes its time, and somebody
 * who waits must be woken at either end. So it is measured, right before, over the same way with the same datagrams, between
 * two programs that do nothing else. What server and client take beyond that is what the share lacks. How long a client takes to
 * start and to ask is none of it: the time is what the relay saw, from the first window on.
 */
export async function shareOfBound(bed: Bed, wish: Wish, delay: number): Promise<Far> {
  const roundTrip = await echoed(bed, wish, delay);
  const relay = await startRelay(bed, TFTP_PORT, delay);
  try {
    await fetchBeside(bed, { ...wish, host: CLIENT, port: PORT }, 1);
  } finally {
    await relay.stop();
  }
  const span = Number((await relay.said()).trim());
  if (!(span >= delay)) throw new Failure('the relay saw no client', 'Is its port taken?');
  return { share: wish.size / span / ((wish.window * wish.blksize) / roundTrip), roundTrip };
}

/** Milliseconds. */
async function echoed(bed: Bed, { blksize, window }: Wish, delay: number): Promise<number> {
  const echo = script('echo.ts', 0);
  const answering = await start({
    command: [...echo, 'answer', String(ECHO_PORT), String(DATA_HEADER + blksize), String(window)],
    space: bed.segment.server,
    env: {},
    output: join(bed.folder, 'echo.log'),
    ready: { protocol: 'udp', port: ECHO_PORT },
  });
  try {
    const relay = await startRelay(bed, ECHO_PORT, delay);
    try {
      const asked = await bed.client([...echo, 'ask', CLIENT, String(PORT), String(window)], { timeout: PATIENCE });
      return Number(asked.stdout.trim());
    } finally {
      await relay.stop();
    }
  } finally {
    await answering.stop();
  }
}

/** A program beside this file, on one processor, compiled from the first call on. */
const script = (name: string, processor: number): string[] => {
  const program = join(import.meta.dirname, name);
  return ['taskset', '--cpu-list', String(processor), process.execPath, '--always-sparkplug', program];
};

/** On the last processor; server and client are on the first. */
const startRelay = ({ segment, folder }: Bed, port: number, delay: number): Promise<Running> =>
  start({
    command: [...script('relay.ts', cpus().length - 1), String(PORT), SERVER, String(port), String(delay)],
    space: segment.client,
    env: {},
    output: join(folder, 'relay.log'),
    ready: { protocol: 'udp', port: PORT },
  });
