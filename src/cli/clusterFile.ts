import { readFile } from 'node:fs/promises';
import { Failure } from '../shell/fail.ts';

/** The text of a person's file; throws Failure where there is none. */
export async function textOfFile(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'is not there' : `cannot be read (${cause.code ?? cause.message})`;
    throw new Failure(`${file} ${why}`, 'Name the file: pxen check FILE.', 2, cause);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Failure(`${file} is not text in UTF-8`, 'Save it as UTF-8 in your editor.', 2, cause);
  }
}
