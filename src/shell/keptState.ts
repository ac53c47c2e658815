import { chmod, readFile, rename, writeFile } from 'node:fs/promises';

/**
 * What the drive remembers, once more in the RAM of host0: the drive may be pulled or die, and a new one is made from it. The
 * body of a record, with the cluster's key in it, so for root only.
 */
const KEPT_STATE = '/run/pxen/state';

/** Whole or not at all. */
export async function keepState(body: Uint8Array, file = KEPT_STATE): Promise<void> {
  const fresh = `${file}.new`;
  await writeFile(fresh, body, { mode: 0o600 });
  // One that was left over has the mode that it had.
  await chmod(fresh, 0o600);
  await rename(fresh, file);
}

/** Undefined where none is kept. */
export const readKeptState = (file = KEPT_STATE): Promise<Uint8Array | undefined> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
