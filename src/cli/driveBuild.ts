import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dressDrive } from '../build/dress.ts';
import { ensureDrive, ensureImage, type BuiltDrive } from '../build/main.ts';
import { cacheFolder } from '../build/paths.ts';
import { fileHash } from '../build/record.ts';
import { Failure } from '../shell/fail.ts';
import { install, thisMachine } from '../shell/install.ts';
import { withProgress } from '../shell/terminal.ts';
import type { Call } from './call.ts';
import { builtText } from './built.ts';
import { readCluster } from './readCluster.ts';
import { willWrite } from './willWrite.ts';

/** The drive, built as far as it is not built yet; with `--cluster` a copy of it with that file and what it asks for. */
export async function builtDrive({ switches, values }: Call): Promise<BuiltDrive> {
  const { cluster: file } = values;
  const read = file === undefined ? undefined : await readCluster({ file: file });
  await install(['image'], thisMachine(switches.has('yes')));
  return withProgress(async (step) => {
    const drive = await ensureDrive(step);
    if (read === undefined) return drive;
    const path = join(cacheFolder(), `drive-of-${process.pid}.img`);
    await mkdir(cacheFolder(), { recursive: true });
    await copyFile(drive.path, path);
    await dressDrive(path, { ...read, folder: dirname(read.file) }, await ensureImage(step), step);
    return { ...drive, path };
  });
}

/** `pxen drive build`: the image of a drive; with --output a copy of it there. */
export async function run(call: Call): Promise<number> {
  const { output, cluster } = call.values;
  if (cluster !== undefined && output === undefined)
    throw new Failure('a drive with a cluster.yaml of its own goes nowhere', 'Say where to: --output FILE.', 2);
  await willWrite(output);
  const since = performance.now();
  const drive = await builtDrive(call);
  if (output !== undefined) await copy(drive.path, output);
  process.stdout.write(builtText(drive.image, performance.now() - since));
  process.stdout.write(`drive    ${await fileHash(drive.path)}\n${output ?? drive.path}\n`);
  if (cluster !== undefined) await rm(drive.path, { force: true });
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
