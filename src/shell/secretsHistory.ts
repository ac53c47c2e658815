import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { changeLine, type StateChange } from '../core/state/changes.ts';
import { HISTORY } from './clusterHistory.ts';

/** Adds a line to the history of secrets.yaml below its folder: which names changed, when and by whom. What a value was is kept nowhere. */
export async function noteSecrets(folder: string, change: StateChange): Promise<void> {
  const below = join(folder, HISTORY);
  await mkdir(below, { recursive: true });
  const handle = await open(join(below, 'secrets.txt'), 'a', 0o644);
  try {
    await handle.writeFile(changeLine(change));
    await handle.sync();
  } finally {
    await handle.close();
  }
}
