import { stat } from 'node:fs/promises';
import { LSBLK, parseLsblk, type BlockDevice } from '../core/discover/lsblk.ts';
import { Failure } from './fail.ts';
import { run } from './run.ts';

/** What lsblk knows of a device and of all that stands on it; undefined for what is no block device, or not there. Throws Failure for an empty one. */
export async function blockDevice(path: string): Promise<BlockDevice | undefined> {
  const status = await stat(path).catch(() => undefined);
  if (!status?.isBlockDevice()) return undefined;
  // lsblk(8): 32, none of the devices was found, though their names are there: a loop device without a file, a reader without a card.
  const { code, stdout } = await run([...LSBLK, path], { accept: [0, 32] });
  if (code === 32)
    throw new Failure(`${path} has nothing behind it`, 'Put the drive in, or see lsblk and name another.', 2);
  return parseLsblk(stdout)[0];
}
