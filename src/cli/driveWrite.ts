import { rm, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { checkDrive, type DriveReport } from '../core/image/check/drive.ts';
import { Unreadable } from '../core/image/disk.ts';
import { writable, type Target } from '../core/image/writable.ts';
import { blockDevice } from '../shell/blockDevice.ts';
import { openDisk, sha256, type OpenDisk } from '../shell/disk.ts';
import { Failure } from '../shell/fail.ts';
import { withProgress } from '../shell/terminal.ts';
import { writeDisk } from '../shell/writeDisk.ts';
import type { Call } from './call.ts';
import { megabytes } from './megabytes.ts';

/** `pxen drive write`: looks, asks, writes, reads back. */
export async function run(call: Call): Promise<number> {
  const [path] = call.words;
  if (path === undefined) throw new Failure('to which drive?', 'Name it: pxen drive write DEVICE. See lsblk.', 2);
  if (call.values['image'] !== undefined && call.values['cluster'] !== undefined)
    throw new Failure(
      '--image and --cluster do not go together',
      'Build that image with the file on it: pxen drive build.',
      2,
    );
  const file = call.values['image'] ?? (await built(call));
  const image = await openDisk(file);
  try {
    const summary = await permission(path, file, image, call.switches.has('force'));
    await consent(summary, call.switches.has('yes'));
    const written = await write(image, path);
    process.stdout.write(
      `${path} holds the drive: ${megabytes(image.size)}, SHA-256 ${written}, read back and right\n`,
    );
    return 0;
  } finally {
    await image.close();
    if (call.values['cluster'] !== undefined) await rm(file, { force: true });
  }
}

/** Loaded only here: a host writes a given image, but builds none. */
async function built(call: Call): Promise<string> {
  const { builtDrive } = await import('./driveBuild.ts').catch((thrown: unknown) => {
    const absent = thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_MODULE_NOT_FOUND';
    throw absent ? new Failure('a host builds no drive', 'Name an image of one: --image FILE.', 2, thrown) : thrown;
  });
  return (await builtDrive(call)).path;
}

async function permission(path: string, file: string, image: OpenDisk, force: boolean): Promise<string> {
  const report = await look(image);
  if (report.kind === 'stranger') {
    throw new Failure(`${file} is no image of a pxen drive: ${report.why}`, 'Build one: pxen drive build.', 2);
  }
  const [damage] = report.findings;
  if (damage !== undefined) {
    throw new Failure(`${file} is damaged: ${damage.where}: ${damage.what}`, 'Build it anew: pxen drive build.', 2);
  }
  const verdict = writable(await targetOf(path), { bytes: image.size, cluster: report.cluster }, force);
  if (verdict.kind === 'no') throw new Failure(verdict.sentence, verdict.remedy, 2);
  return verdict.summary;
}

const look = (disk: OpenDisk): Promise<DriveReport> => checkDrive(disk, sha256, () => undefined);

async function targetOf(path: string): Promise<Target> {
  const device = await blockDevice(path);
  const exists = (await stat(path).catch(() => undefined)) !== undefined;
  if (!exists && path.startsWith('/dev/')) {
    throw new Failure(`${path} is not there`, 'See lsblk for the names of the devices that are plugged in.', 2);
  }
  return { path, device, present: exists && device?.size !== 0 ? await presentOn(path) : undefined };
}

/** The pxen drive that is there; undefined for anything else, and for what cannot be read: it is written anew anyway. */
async function presentOn(path: string): Promise<Target['present']> {
  const disk = await openDisk(path);
  try {
    const report = await look(disk);
    return report.kind === 'drive' ? report : undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  } finally {
    await disk.close();
  }
}

async function consent(summary: string, yes: boolean): Promise<void> {
  process.stderr.write(`all that is on it will be gone: ${summary}\n`);
  if (yes) return;
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

/** Shows every sixteenth of the way. */
function write(image: OpenDisk, path: string): Promise<string> {
  let shown = '';
  return withProgress((step) =>
    writeDisk(image, path, (what, done, all) => {
      const part = `${what} ${path}: ${Math.floor((done / all) * 16) * 6.25} %`;
      if (part !== shown) step(part);
      shown = part;
    }),
  );
}
