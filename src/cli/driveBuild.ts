import { copyFile } from 'node:fs/promises';
import { ensureDrive } from '../build/main.ts';
import { install, thisMachine } from '../shell/install.ts';
import { withProgress } from '../shell/terminal.ts';
import type { Call } from './call.ts';

/** `pxen drive build`: the image of a drive, built as far as it is not built yet; with FILE a copy of it there. */
export async function run({ words, switches }: Call): Promise<number> {
  await install(['image'], thisMachine(switches.has('yes')));
  const drive = await withProgress((step) => ensureDrive(step));
  const [file] = words;
  if (file !== undefined) await copyFile(drive.path, file);
  process.stdout.write(`${file ?? drive.path}\n`);
  return 0;
}
