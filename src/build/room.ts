import { statfs } from 'node:fs/promises';
import { Failure } from '../shell/fail.ts';

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** Fails with a sentence where a folder's disk has less room than `needed` bytes. */
export async function checkRoom(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new Failure(
    `the build needs ${gigabytes(needed)} in ${folder}, but only ${gigabytes(free)} are free there`,
    'Make room, or name a folder on a larger disk: PXEN_CACHE=FOLDER. Old pieces there may be removed at any time.',
  );
}
