import { statfs } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { basename, dirname } from 'node:path';
import type { Safe } from '../core/api/wish.ts';
import type { Change } from '../core/cluster/history.ts';
import { mistakesText } from '../core/cluster/mistake.ts';
import { parseCluster } from '../core/cluster/read.ts';
import { wallTime } from '../shell/clock.ts';
import {
  changesIn,
  lastVersionIn,
  replaceFile,
  textsIn,
  versionIn,
  writeChange,
  type ReadText,
} from '../shell/clusterHistory.ts';
import { Failure, fileReason } from '../shell/fail.ts';
import type { Ask } from './ask.ts';
import type { Call } from './call.ts';
import { fileNamed, textOfFile } from './clusterFile.ts';
import { controlFor, IN_RAM } from './onHost.ts';

/** Where the cluster.yaml stands that a verb is about. */
export interface ClusterPlace {
  /** As people are told. */
  readonly file: string;
  /** Where its add-ons lie; undefined where that is another machine, and they are not looked at. */
  readonly folder: string | undefined;
  /** What is wrong with an add-on is said, and it is left out: the file is in force without it. */
  readonly isServed: boolean;
  /** Its text, for reading or, `toChange`, to be changed: then a Failure where it could not be. */
  text(toChange: boolean): Promise<string>;
  /** Files of its history. */
  readonly history: ReadText;
  /** Puts `after` in place of `before`, and into the history. Throws a Failure, before anything is written, for mistakes. */
  save(before: string, after: string, what: string): Promise<Safe>;
}

/** That of `--server`; else `--file`; without it, on host0 the cluster's own, else cluster.yaml here. */
export async function placeNamed(values: Call['values']): Promise<ClusterPlace> {
  const ask = await askNamed(values);
  const addonsIn = values.server === undefined ? IN_RAM : undefined;
  if (ask !== undefined) return (await import('./clusterPlaceServed.ts')).servedPlace(ask, addonsIn);
  const { file } = await fileNamed(values['file'] ?? 'cluster.yaml');
  return inFolder(file);
}

/** The boot server that a verb is about: that of `--server`, or that of this host0. Undefined where it is about a file. */
async function askNamed(values: Call['values']): Promise<Ask | undefined> {
  const { server, file } = values;
  if (server !== undefined) return (await import('./askServer.ts')).askServer(server, values);
  const control = await controlFor(file);
  return control === undefined ? undefined : (await import('./ask.ts')).askHost0(control);
}

function inFolder(file: string): ClusterPlace {
  const folder = dirname(file);
  const history = textsIn(folder);
  return {
    file,
    folder,
    isServed: false,
    text: () => textOfFile(file),
    history,
    async save(before, after, what) {
      refuseMistakes(file, after);
      if ((await textOfFile(file)) !== before)
        throw new Failure(`${file} was changed by another meanwhile`, 'Look at it and try again.', 1);
      const making = { before, after, when: wallTime(), who: whoIs(), what };
      await writeChange(folder, basename(file), making, history, replaceFile).catch((cause: unknown) => {
        const why = `${file} cannot be changed: ${fileReason(cause)}`;
        throw new Failure(why, 'Mend that, and try again: the file is as it was, or as it was wished.', 1, cause);
      });
      return safeIn(folder);
    },
  };
}

function refuseMistakes(file: string, text: string): void {
  const reading = parseCluster(text, file);
  if ('cluster' in reading) return;
  const sentence = `nothing is changed, for ${file} would have mistakes\n${mistakesText(reading.mistakes)}`;
  throw new Failure(sentence, 'Correct what was asked for.', 2);
}

/** Who gives a command: the user, the machine, and from where, if over SSH (sshd(8), SSH_CONNECTION). */
export function whoIs(): string {
  const [from] = (process.env['SSH_CONNECTION'] ?? '').split(' ');
  return `${userInfo().username}@${hostname()}${from ? `,${from}` : ''}`;
}

const TMPFS_MAGIC = 0x0102_1994;

/** Where a file of a folder is safe. */
export const safeIn = async (folder: string): Promise<Safe> =>
  (await statfs(folder)).type === TMPFS_MAGIC ? 'ram: 1' : 'disks: 1';

export const changesOf = ({ history }: ClusterPlace): Promise<Change[]> => changesIn(history);

/** The file as a change left it; throws Failure where it is not kept. */
export async function versionOf({ file, history }: ClusterPlace, word: string): Promise<string> {
  const number = /^\d{1,9}$/.test(word) ? Number(word) : undefined;
  const text = number === undefined ? undefined : await versionIn(history, number);
  if (text !== undefined) return text;
  throw new Failure(`the history of ${file} has no change ${word}`, 'See pxen config history.', 2);
}

export const lastVersion = ({ history }: ClusterPlace): Promise<string | undefined> => lastVersionIn(history);
