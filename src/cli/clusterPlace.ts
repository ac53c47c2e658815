import { statfs } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
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
import { CONTROL } from '../shell/control.ts';
import { Failure, fileReason } from '../shell/fail.ts';
import { isThere } from '../shell/isThere.ts';
import { fileNamed, textOfFile } from './clusterFile.ts';
import { HOST0, IN_RAM } from './onHost.ts';

/** Where the cluster.yaml stands that a verb is about. */
export interface ClusterPlace {
  /** As people are told. */
  readonly file: string;
  /** Its text, for reading or, `toChange`, to be changed: then a Failure where it could not be. */
  text(toChange: boolean): Promise<string>;
  /** Files of its history. */
  readonly history: ReadText;
  /** Puts `after` in place of `before`, and into the history. Throws a Failure, before anything is written, for mistakes. */
  save(before: string, after: string, what: string): Promise<Safe>;
}

/** `--file`; without it, on host0 the cluster's own, else cluster.yaml here. */
export async function placeNamed(word: string | undefined): Promise<ClusterPlace> {
  const isCopy = word !== undefined && `${resolve(word)}/`.startsWith(`${IN_RAM}/`);
  const control = process.env['PXEN_CONTROL'] ?? CONTROL;
  const isHost0 = (await isThere(HOST0)) || (await isThere(control));
  if (isHost0 && (word === undefined || isCopy)) return (await import('./clusterPlaceHost0.ts')).onHost0(control);
  const { file } = await fileNamed(word ?? 'cluster.yaml');
  return inFolder(file);
}

function inFolder(file: string): ClusterPlace {
  const folder = dirname(file);
  const history = textsIn(folder);
  return {
    file,
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
      return (await isInRam(folder)) ? 'ram: 1' : 'disks: 1';
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
const isInRam = async (folder: string): Promise<boolean> => (await statfs(folder)).type === TMPFS_MAGIC;

export const changesOf = ({ history }: ClusterPlace): Promise<Change[]> => changesIn(history);

/** The file as a change left it; throws Failure where it is not kept. */
export async function versionOf({ file, history }: ClusterPlace, word: string): Promise<string> {
  const number = /^\d{1,9}$/.test(word) ? Number(word) : undefined;
  const text = number === undefined ? undefined : await versionIn(history, number);
  if (text !== undefined) return text;
  throw new Failure(`the history of ${file} has no change ${word}`, 'See pxen config history.', 2);
}

export const lastVersion = ({ history }: ClusterPlace): Promise<string | undefined> => lastVersionIn(history);
