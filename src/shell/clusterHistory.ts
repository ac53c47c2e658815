import { constants } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { historyText, parseHistory, recorded, versionName, type Change, type Making } from '../core/cluster/history.ts';
import { Failure, sentenceOf } from './fail.ts';

/** The history of cluster.yaml, below the folder that it stands in. */
export const HISTORY = 'state/history';
const LOG = `${HISTORY}/log.txt`;

/** The text of a file below the folder of cluster.yaml; undefined where there is none. */
export type ReadText = (path: string) => Promise<string | undefined>;
/** Writes a whole file; resolved, it is on the medium. `mode`: the rights of a new one, 0644 where absent; FAT has none. */
export type Put = (path: string, text: string, mode?: number) => Promise<void>;

/** The texts below a folder of this machine. */
export const textsIn =
  (folder: string): ReadText =>
  (path) =>
    readFile(join(folder, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      const sentence = `${join(folder, path)} cannot be read: ${sentenceOf(error)}`;
      throw new Failure(sentence, 'Is the drive whole? pxen drive check tells.', 1, error);
    });

export const changesIn = async (read: ReadText): Promise<Change[]> => parseHistory((await read(LOG)) ?? '');

export const versionIn = (read: ReadText, number: number): Promise<string | undefined> =>
  read(`${HISTORY}/${versionName(number)}`);

export async function lastVersionIn(read: ReadText): Promise<string | undefined> {
  const last = (await changesIn(read)).at(-1);
  return last === undefined ? undefined : versionIn(read, last.number);
}

/** Writes a change of the file `name` of a folder, and its line in the history. */
export async function writeChange(
  folder: string,
  name: string,
  making: Making,
  read: ReadText,
  put: Put,
): Promise<void> {
  const record = recorded(await changesIn(read), await lastVersionIn(read), making);
  const below = join(folder, HISTORY);
  await mkdir(below, { recursive: true });
  // First what the change was, then the change: power that fails in between loses neither.
  for (const [number, text] of record.versions) await put(join(below, versionName(number)), text);
  await put(join(folder, name), making.after);
  await put(join(folder, LOG), historyText(record.changes));
  for (const number of record.dropped) await rm(join(below, versionName(number)), { force: true });
}

/** Whole and synced before it takes the place of the old one. */
export const replaceFile: Put = async (path, text, mode) => {
  // What was left over has rights of its own.
  await rm(`${path}.new`, { force: true });
  await written(`${path}.new`, text, mode);
  await rename(`${path}.new`, path);
};

/**
 * In place. FAT cannot rename at once: a power cut between its sectors can leave two names for one chain of clusters, and who then
 * writes to the one destroys the other. Written in place, a file may be torn, which the slots of the drive tell
 * (docs/decisions/0020-wishes-reach-the-drive.md).
 */
export const overwriteFile: Put = (path, text, mode) => written(path, text, mode);

async function written(path: string, text: string, mode = 0o644): Promise<void> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT, mode);
  try {
    const bytes = Buffer.from(text);
    await handle.write(bytes, 0, bytes.length, 0);
    await handle.truncate(bytes.length);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
