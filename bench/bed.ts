import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, type RunOptions, type RunResult } from '../src/shell/run.ts';
import { Segment } from '../lab/segment.ts';
import type { Running } from './process.ts';

/** Where one server is measured: a cable of its own between two namespaces, a folder for what it writes, and the server. */
export interface Bed {
  readonly segment: Segment;
  /** On the disk of the temp folder: leases are to be as durable as a user's. */
  readonly folder: string;
  /** The server that runs now; undefined before it began. */
  server: Running | undefined;
  /** Runs a command at the client's end. */
  client(command: readonly string[], options?: RunOptions): Promise<RunResult>;
}

export const SERVER = '10.96.0.1';
export const CLIENT = '10.96.0.2';
/** Wide enough for every client of a long run. */
export const PREFIX = 14;
export const POOL = { first: '10.96.1.0', last: '10.99.255.0' } as const;
const CLIENT_MAC = '52:54:00:be:9c:01';

/** Makes beds, and removes them with all that runs in them, also where the bench is interrupted. */
export class Beds {
  readonly #made: Bed[] = [];
  readonly #folders: string[] = [];

  async make(): Promise<Bed> {
    const segment = new Segment(`pxb${this.#made.length}n`);
    const folder = await this.folder(tmpdir());
    const client = (command: readonly string[], options?: RunOptions): Promise<RunResult> =>
      segment.in(segment.client, command, options);
    const bed: Bed = { segment, folder, server: undefined, client };
    this.#made.push(bed);
    await segment.make(`${SERVER}/${PREFIX}`, CLIENT_MAC);
    await run(['ip', '-n', segment.client, 'addr', 'add', `${CLIENT}/${PREFIX}`, 'dev', Segment.interface]);
    return bed;
  }

  /** A folder that is removed at the end; below `/dev/shm` it is in RAM. */
  async folder(below: string): Promise<string> {
    const folder = await mkdtemp(join(below, 'pxen-bench-'));
    this.#folders.push(folder);
    return folder;
  }

  async remove(): Promise<void> {
    for (const bed of this.#made.splice(0)) {
      await bed.server?.stop();
      await bed.segment.remove();
    }
    for (const folder of this.#folders.splice(0)) await rm(folder, { recursive: true, force: true });
  }
}
