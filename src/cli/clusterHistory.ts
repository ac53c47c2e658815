import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { historyText, parseHistory, recorded, versionName, type Change } from '../core/cluster/history.ts';
import { mistakesText } from '../core/cluster/mistake.ts';
import { parseCluster } from '../core/cluster/read.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';

/** Beside the file, where a drive has it. */
const folderOf = (file: string): string => join(dirname(file), 'state', 'history');

const textAt = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Failure(
      `${path} cannot be read: ${sentenceOf(error)}`,
      'Is the drive whole? pxen drive check tells.',
      1,
      error,
    );
  });

export const changesOf = async (file: string): Promise<Change[]> =>
  parseHistory((await textAt(join(folderOf(file), 'log.txt'))) ?? '');

/** The file as a change left it; throws Failure where it is not kept. */
export async function versionOf(file: string, word: string): Promise<string> {
  const number = /^\d{1,9}$/.test(word) ? Number(word) : undefined;
  const text = number === undefined ? undefined : await textAt(join(folderOf(file), versionName(number)));
  if (text !== undefined) return text;
  throw new Failure(`the history of ${file} has no change ${word}`, 'See pxen config history.', 2);
}

export const lastVersion = async (file: string): Promise<string | undefined> => {
  const last = (await changesOf(file)).at(-1);
  return last === undefined ? undefined : textAt(join(folderOf(file), versionName(last.number)));
};

/**
 * Puts `after` in place of `before`, and into the history. Throws Failure for a text with mistakes, before anything is written,
 * and where another has changed the file meanwhile.
 */
export async function saveCluster(file: string, before: string, after: string, what: string): Promise<void> {
  const reading = parseCluster(after, file);
  if ('mistakes' in reading) {
    const text = mistakesText(reading.mistakes);
    throw new Failure(`nothing is changed, for ${file} would have mistakes\n${text}`, 'Correct what was asked for.', 2);
  }
  if ((await textAt(file)) !== before) {
    throw new Failure(`${file} was changed by another meanwhile`, 'Look at it and try again.', 1);
  }
  const changes = await changesOf(file);
  const when = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const who = `${userInfo().username}@${hostname()}`;
  const record = recorded(changes, await lastVersion(file), { before, after, when, who, what });
  const folder = folderOf(file);
  await mkdir(folder, { recursive: true });
  // First what the change was, then the change: power that fails in between loses neither.
  for (const [number, text] of record.versions) await replace(join(folder, versionName(number)), text);
  await replace(file, after);
  await replace(join(folder, 'log.txt'), historyText(record.changes));
  for (const number of record.dropped) await rm(join(folder, versionName(number)), { force: true });
}

/** Whole and synced before it takes the place of the old one. */
async function replace(path: string, text: string): Promise<void> {
  const handle = await open(`${path}.new`, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
}
