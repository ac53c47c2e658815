import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { HostFiles } from './host-files.ts';
import { drivesPlugged, type Plugged } from './plugged.ts';
import type { Run } from './run.ts';
import { openSlots } from './slots.ts';
import { readState } from './state.ts';
import { withVolume } from './volume.ts';

/** The drives that are plugged in, for reading. */
export interface Drives {
  readonly plugged: () => Promise<readonly Plugged[]>;
  /** The body of the record in force on a drive; undefined where there is none, or it cannot be read. */
  body(path: string): Promise<Uint8Array | undefined>;
  /** The files of a drive whose paths fit; rejects where it cannot be read. */
  files(path: string, which: RegExp): Promise<ReadonlyMap<string, Uint8Array>>;
}

export const realDrives = (files: HostFiles, run: Run): Drives => ({
  plugged: drivesPlugged(files),
  body: async (path) => (await readState(openSlots(path, run)).catch(() => undefined))?.current?.body,
  files: (path, which) =>
    withVolume(path, async (volume) => {
      const found = new Map<string, Uint8Array>();
      for (const entry of await volume.tree(() => undefined)) {
        if (entry.kind === 'file' && which.test(entry.path)) found.set(entry.path, await volume.bytes(entry));
      }
      return found;
    }),
});

/** Makes the link to a drive's partition that udev makes when it comes to it, which may be later than the boot server wants it. */
export async function linkTo({ path }: Pick<Plugged, 'path'>, link: string): Promise<void> {
  const disk = basename(path);
  // nvme0n1p1 but sda1: a `p` only where the name of the disk ends with a digit.
  const partition = `${disk}${/\d$/.test(disk) ? 'p' : ''}1`;
  await mkdir(dirname(link), { recursive: true });
  await symlink(`../../${partition}`, link).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Puts files below a folder, in place of those that stand there by these names (a folder with all that is in it); for root only. */
export async function putFiles(
  folder: string,
  instead: readonly string[],
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  for (const name of instead) await rm(join(folder, name), { recursive: true, force: true });
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes, { mode: 0o600 });
  }
}
