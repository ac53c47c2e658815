import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../src/shell/fail.ts';
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
export async function fetchWith(bed: Bed, wish: Wish, clients: number): Promise<number> {
  const began = performance.now();
  await Promise.all(Array.from({ length: clients }, () => fetchOnce(bed, wish)));
  return (wish.size * clients) / 1000 / (performance.now() - began);
}

async function fetchOnce(bed: Bed, wish: Wish, out?: string): Promise<void> {
  const { code, stdout, stderr } = await bed.client(atftpCommand(wish, out), { timeout: PATIENCE, accept: ANY });
  if (code === KILLED) throw new Failure(`not done after ${PATIENCE / 1000} s`, 'Is the server stuck?');
  if (code !== 0) throw new Failure(`atftp: ${atftpTrouble(stdout + stderr)}`, 'See what the server logged.');
}

const KILLED = 137;
const ANY = Array.from({ length: 256 }, (_, code) => code);

/** Fetches a file and holds it against what it should be, before anything is measured. */
export async function fetchRight(bed: Bed, wish: Wish): Promise<void> {
  const out = join(bed.folder, 'fetched');
  await rm(out, { force: true });
  await fetchOnce(bed, wish, out);
  if (Buffer.compare(await readFile(out), pattern(wish.size)) === 0) return;
  throw new Failure(`${wish.file} came with other bytes than it has`, 'The server or the client is wrong.');
}
