import { mkdir, statfs } from 'node:fs/promises';
import { Failure } from '../shell/fail.ts';

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

const ELSEWHERE = 'Or name a folder on another disk: PXEN_CACHE=FOLDER.';

/** Makes the folder where it is not there. Fails with a sentence where a folder's disk has less room than `needed` bytes. */
export async function checkRoom(folder: string, needed: number): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new Failure(`${folder} cannot be made (${cause.code ?? cause.message})`, ELSEWHERE, 1, cause);
  });
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new Failure(
    `the build needs ${gigabytes(needed)} in ${folder}, but only ${gigabytes(free)} are free there`,
    `Make room: old pieces there may be removed at any time. ${ELSEWHERE}`,
  );
}

/** A disk that became full after all, said as such; anything else as it is. */
export function fullDisk(folder: string, thrown: unknown): unknown {
  const full = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC';
  return full ? new Failure(`the disk of ${folder} is full`, `Make room. ${ELSEWHERE}`, 1, thrown) : thrown;
}
