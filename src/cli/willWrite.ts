import { open, rm, stat } from 'node:fs/promises';
import { Failure, fileReason } from '../shell/fail.ts';

/**
 * Makes sure that results can be written to these files, before the work of minutes that they are of. Throws Failure with the
 * reason. Nothing is left behind, and what is in the files stays.
 */
export async function willWrite(...files: readonly (string | undefined)[]): Promise<void> {
  for (const file of files) if (file !== undefined) await tryOut(file);
}

async function tryOut(file: string): Promise<void> {
  const refuse = (why: string, cause?: unknown): Failure =>
    new Failure(`${file} cannot be written: ${why}`, 'Name a file in a folder that you may write to.', 2, cause);
  if ((await stat(file).catch(() => undefined))?.isDirectory()) throw refuse('it is a folder');
  const trial = `${file}.try-${process.pid}`;
  try {
    await (await open(trial, 'wx')).close();
  } catch (cause) {
    throw refuse(fileReason(cause), cause);
  }
  await rm(trial, { force: true });
}
