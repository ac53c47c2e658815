import { setTimeout as sleep } from 'node:timers/promises';
import { SERVER, type Bed } from '../bed.ts';
import { burst } from '../dhcp/burst.ts';
import { Failure } from '../../src/shell/fail.ts';
import { privateMemory } from '../proc.ts';
import { restart, type Server } from '../servers/server.ts';
import { fetchTimes } from './curl.ts';

export interface Load {
  readonly leases: number;
  readonly downloads: number;
  /** The file that is downloaded, and its bytes. */
  readonly path: string;
  readonly size: number;
}

/** Bytes a second of a slow download. */
const SLOW = 100_000;
/** Milliseconds under load before it is looked at. */
const SETTLE = 3000;
/** Leases that are taken a second. */
const PACE = 1000;

/**
 * Private memory of our server with so many leases and slow downloads, in MB, without the file that it may hold. Whether it
 * holds the file in memory of its own is seen from what a whole download adds; never more than the file is taken off.
 */
export async function memoryUnder(server: Server, bed: Bed, { leases, downloads, path, size }: Load): Promise<number> {
  const { pid } = await restart(server, bed);
  const before = await privateMemory(pid);
  await fetchTimes(bed, path, size, 1);
  const isHeld = (await privateMemory(pid)) - before >= size * 0.9;
  const { acks } = await burst(bed, leases, (leases / PACE) * 1000, true);
  if (acks < leases) throw new Failure(`only ${acks} of ${leases} clients got a lease`, 'See what the server logged.');
  const ending = new AbortController();
  const slow = Array.from({ length: downloads }, () => slowDownload(bed, path, ending.signal));
  try {
    await sleep(SETTLE);
    return ((await privateMemory(pid)) - (isHeld ? size : 0)) / 1e6;
  } finally {
    ending.abort();
    await Promise.all(slow);
  }
}

async function slowDownload(bed: Bed, path: string, signal: AbortSignal): Promise<void> {
  const command = [
    'curl',
    '--silent',
    '--limit-rate',
    String(SLOW),
    '--output',
    '/dev/null',
    `http://${SERVER}/${path}`,
  ];
  // It is broken off when the memory has been looked at.
  await bed.client(command, { signal }).catch(() => undefined);
}
