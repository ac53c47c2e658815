import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { checkDrive, type DriveReport } from '../core/image/check/drive.ts';
import { Unreadable, type Disk } from '../core/image/disk.ts';
import { writable, type Target, type Written } from '../core/image/writable.ts';
import { readDriveState } from '../core/state/driveState.ts';
import { blockDevice } from '../shell/blockDevice.ts';
import { openDisk, sha256 } from '../shell/disk.ts';
import { Failure } from '../shell/fail.ts';
import { openRaw } from '../shell/rawDisk.ts';
import { run } from '../shell/run.ts';
import { openSlots } from '../shell/slots.ts';
import { readState } from '../shell/state.ts';
import { withProgress } from '../shell/terminal.ts';
import { writeDisk } from '../shell/writeDisk.ts';

/** What verbs share that write a drive to a device. */

/** What stands on a disk or an image. */
export const look = (disk: Disk): Promise<DriveReport> =>
  withProgress((step) => checkDrive(disk, sha256, (file) => step(`checking ${file}`)));

/** Throws Failure for what no image could be written to: before one is built, which takes minutes. */
export async function refuseEarly(path: string, switches: ReadonlySet<string>): Promise<void> {
  const { device } = await deviceAt(path);
  const verdict = writable(
    { path, device, present: undefined },
    { bytes: 0, cluster: undefined },
    switches.has('force'),
  );
  if (verdict.kind === 'no') throw new Failure(verdict.sentence, verdict.remedy, 2);
}

/** The device or file, as it is now, and how much it takes. Throws Failure for a device that is not there. */
export async function targetOf(path: string): Promise<Target & { readonly room: number }> {
  const { device, file } = await deviceAt(path);
  const exists = file !== undefined;
  // A file that is empty grows; another one stands for a disk of its size.
  const room = device?.size ?? (file?.size || Infinity);
  return { path, device, room, present: exists && device?.size !== 0 ? await presentOn(path) : undefined };
}

async function deviceAt(path: string): Promise<Pick<Target, 'device'> & { readonly file: Stats | undefined }> {
  const device = await blockDevice(path);
  const file = await stat(path).catch(() => undefined);
  if (file === undefined && path.startsWith('/dev/')) {
    throw new Failure(`${path} is not there`, 'Look at its name; lsblk shows the devices that are plugged in.', 2);
  }
  if (file !== undefined && !file.isFile() && !file.isBlockDevice()) {
    throw new Failure(
      `${path} is neither a block device nor a file`,
      'See lsblk and name a drive, such as /dev/sdX.',
      2,
    );
  }
  return { device, file };
}

/** The pxen drive that is there; undefined for anything else, and for what cannot be read: it is written anew anyway. */
async function presentOn(path: string): Promise<Target['present']> {
  const disk = await openDisk(path);
  try {
    const report = await checkDrive(disk, sha256, () => undefined);
    return report.kind === 'drive' ? { ...report, id: report.used ? await driveOn(path) : undefined } : undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  } finally {
    await disk.close();
  }
}

async function driveOn(path: string): Promise<string | undefined> {
  const { current } = await readState(openSlots(path, run));
  try {
    return current === undefined ? undefined : readDriveState(current.body).identity.drive;
  } catch {
    // Of another form, or damaged: it is nobody's that could be named.
    return undefined;
  }
}

/** Throws Failure where it must not be written to, or the person does not want it. */
export async function permit(target: Target, written: Written, switches: ReadonlySet<string>): Promise<void> {
  const verdict = writable(target, written, switches.has('force'));
  if (verdict.kind === 'no') throw new Failure(verdict.sentence, verdict.remedy, 2);
  process.stderr.write(`all that is on it will be gone: ${verdict.summary}\n`);
  if (switches.has('yes')) return;
  if (!process.stdin.isTTY)
    throw new Failure('nobody is at the terminal to be asked', 'Give --yes if it may be erased.', 2);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    if (/^y(es)?$/i.test((await terminal.question('Erase it and write the drive? [y/N] ')).trim())) return;
  } finally {
    terminal.close();
  }
  throw new Failure('nothing was written', 'Answer y to write.');
}

/** Writes and reads back, showing every sixteenth of the way. */
export async function put(image: Disk, path: string, beforeTable?: () => Promise<void>): Promise<void> {
  const disk = await openRaw(path);
  let shown = '';
  try {
    await withProgress((step) =>
      writeDisk(
        image,
        disk,
        (what, done, all) => {
          const part = `${what} ${path}: ${Math.floor((done / all) * 16) * 6.25} %`;
          if (part !== shown) step(part);
          shown = part;
        },
        beforeTable,
      ),
    );
  } finally {
    await disk.close();
  }
}
