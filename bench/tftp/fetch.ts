import { readFile, rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../src/shell/fail.ts';
import { run } from '../../src/shell/run.ts';
import { SERVER, type Bed } from '../bed.ts';
import { pattern } from '../drive.ts';

/** How a client asks for a file. */
export interface Wish {
  readonly file: string;
  /** Bytes of the file. */
  readonly size: number;
  readonly blksize: number;
  readonly window: number;
  readonly host?: string;
  readonly port?: number;
}

/** Milliseconds for one measurement. */
const PATIENCE = 60_000;

export function atftpCommand({ file, blksize, window, host = SERVER, port = 69 }: Wish, out = '/dev/null'): string[] {
  const windowsize = window === 1 ? [] : ['--option', `windowsize ${window}`];
  const options = ['--option', `blksize ${blksize}`, ...windowsize];
  return ['atftp', ...options, '--get', '--remote-file', file, '--local-file', out, host, String(port)];
}

/** Why atftp 0.8 gave up, by what it wrote. */
export function atftpTrouble(said: string): string {
  const why = /^tftp: (?!aborting)(.+)$/m.exec(said)?.[1];
  if (why !== undefined) return why;
  return said.includes('timeout: retrying') ? 'no answer' : 'ended without saying why';
}

/** Fetches a file with so many clients at once. Gives MB (10^6 bytes) a second, of all together. */
export const fetchWith = (bed: Bed, wish: Wish, clients: number): Promise<number> => timed(bed, wish, clients, []);

/**
 * Clients and the server on the same processor. Left to themselves one client and the server share a processor in one run and
 * wake each other across two in the next, which is ten times slower for every server alike; many clients and a server of one
 * thread always wake each other across, and then most of the time is what waking a processor costs in a virtual machine.
 */
export async function fetchBeside(bed: Bed, wish: Wish, clients: number): Promise<number> {
  const server = ['taskset', '--all-tasks', '--cpu-list', '--pid'];
  const pid = String(bed.server?.pid);
  await run([...server, '0', pid]);
  try {
    return await timed(bed, wish, clients, ['taskset', '--cpu-list', '0']);
  } finally {
    await run([...server, `0-${cpus().length - 1}`, pid]);
  }
}

/** MB a second, of all clients together, each begun by `before`. */
async function timed(bed: Bed, wish: Wish, clients: number, before: readonly string[]): Promise<number> {
  const began = performance.now();
  await Promise.all(Array.from({ length: clients }, () => fetchOnce(bed, [...before, ...atftpCommand(wish)])));
  return (wish.size * clients) / 1000 / (performance.now() - began);
}

async function fetchOnce(bed: Bed, command: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await bed.client(command, { timeout: PATIENCE, accept: ANY });
  if (code === KILLED) throw new Failure(`not done after ${PATIENCE / 1000} s`, 'Is the server stuck?');
  if (code !== 0) throw new Failure(`atftp: ${atftpTrouble(stdout + stderr)}`, 'See what the server logged.');
}

const KILLED = 137;
const ANY = Array.from({ length: 256 }, (_, code) => code);

/** Fetches a file and holds it against what it should be, before anything is measured. */
export async function fetchRight(bed: Bed, wish: Wish): Promise<void> {
  const out = join(bed.folder, 'fetched');
  await rm(out, { force: true });
  await fetchOnce(bed, atftpCommand(wish, out));
  if (Buffer.compare(await readFile(out), pattern(wish.size)) === 0) return;
  throw new Failure(`${wish.file} came with other bytes than it has`, 'The server or the client is wrong.');
}
