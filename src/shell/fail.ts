/**
 * A failure that the administrator can do something about. `exit` follows the house rule: 1 it failed, 2 the call or a
 * file is wrong. The command line prints the sentence and the remedy, never a stack.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly remedy: string;
  readonly exit: 1 | 2;

  constructor(message: string, remedy: string, exit: 1 | 2 = 1, cause?: unknown) {
    super(message, { cause });
    this.remedy = remedy;
    this.exit = exit;
  }
}

/** What Linux says of a file by a code (errno(3)), in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it, or its folder, is not there',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  ERR_FS_EISDIR: 'it is a folder',
  EEXIST: 'it is there already',
  EACCES: 'you may not (EACCES); try as root',
  EPERM: 'you may not (EPERM); try as root',
  ENOSPC: 'the disk is full',
  EROFS: 'its file system is read-only',
};

/** Why something could not be done with a file that the sentence names already. */
export const fileReason = (thrown: unknown): string =>
  (thrown instanceof Error && 'code' in thrown ? REASONS[String(thrown.code)] : undefined) ?? sentenceOf(thrown);

/** The sentence of whatever was thrown. */
export const sentenceOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
