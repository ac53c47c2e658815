import { sha256 } from '@noble/hashes/sha2.js';
import { hex, utf8 } from '../net/text.ts';
import type { DriveState } from './driveState.ts';
import { insteadOf } from './torn.ts';

/** What a drive remembers of `secrets.yaml`, so that one that a power cut tore can be told, and is not the only copy. */

/** Characters of the longest file that is remembered: a slot has to hold it beside two versions of `cluster.yaml`. */
export const LONGEST_KEPT = 2 ** 18;

/** Tells a text of the file again without keeping it; a file that is not there is as one that is empty. */
export const secretsMark = (text: string | undefined): string => hex(sha256(utf8(text ?? '')));

/**
 * The version that is to be in force where this text of the file is torn; undefined where it is not. A file that is gone is torn only
 * while it was being written: a person who takes it away wants its secrets gone.
 */
export function insteadOfSecrets(
  text: string | undefined,
  { secretsFile, secretsBefore }: Pick<DriveState, 'secretsFile' | 'secretsBefore'>,
): string | undefined {
  if (secretsBefore !== undefined) {
    return insteadOf(text ?? '', secretsFile, (other) => secretsMark(other) === secretsBefore);
  }
  return text === undefined ? undefined : insteadOf(text, secretsFile, undefined);
}
