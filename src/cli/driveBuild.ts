import { copyFile, rename, rm } from 'node:fs/promises';
import { ensureDrive, type BuiltDrive } from '../build/main.ts';
import { fileHash } from '../build/record.ts';
import { Failure } from '../shell/fail.ts';
import { install, thisMachine } from '../shell/install.ts';
import { withProgress } from '../shell/terminal.ts';
import type { Call } from './call.ts';
import { builtText } from './built.ts';

/** The drive, built as far as it is not built yet. */
export async function builtDrive({ switches }: Call): Promise<BuiltDrive> {
  await install(['image'], thisMachine(switches.has('yes')));
  return withProgress((step) => ensureDrive(step));
}

/** `pxen drive build`: the image of a drive; with --output a copy of it there. */
export async function run(call: Call): Promise<number> {
  const since = performance.now();
  const drive = await builtDrive(call);
  const { output } = call.values;
  if (output !== undefined) await copy(drive.path, output);
  process.stdout.write(builtText(drive.image, performance.now() - since));
  process.stdout.write(`drive    ${await fileHash(drive.path)}\n${output ?? drive.path}\n`);
  return 0;
}

/** Whole or not at all. */
async function copy(from: string, to: string): Promise<void> {
  const fresh = `${to}.new-${process.pid}`;
  try {
    await copyFile(from, fresh);
    await rename(fresh, to);
  } catch (cause) {
    await rm(fresh, { force: true });
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new Failure(`${to} cannot be written (${code})`, 'Name a file in a folder that you may write to.', 1, cause);
  }
}
