import { stat } from 'node:fs/promises';
import { LSBLK, parseLsblk, type BlockDevice } from '../core/discover/lsblk.ts';
import { run } from './run.ts';

/** What lsblk knows of a device and of all that stands on it; undefined for what is no block device, or not there. */
export async function blockDevice(path: string): Promise<BlockDevice | undefined> {
  const status = await stat(path).catch(() => undefined);
  if (!status?.isBlockDevice()) return undefined;
  const { stdout } = await run([...LSBLK, path]);
  return parseLsblk(stdout)[0];
}
