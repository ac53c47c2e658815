import { rm } from 'node:fs/promises';
import { readBootSector, volumeText, BOOT_SECTOR } from '../core/image/fat/bootSector.ts';
import { u32le } from '../core/image/fat/little.ts';
import { PARTITION_START } from '../core/image/layout.ts';
import { withVolumeId } from '../core/image/newDrive.ts';
import { openDisk, type OpenDisk } from '../shell/disk.ts';
import { Failure } from '../shell/fail.ts';
import { randomBytes } from '../shell/keys.ts';
import type { Call } from './call.ts';
import { look, permit, put, refuseEarly, targetOf } from './driveTarget.ts';
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
  if (call.values['image'] === undefined) await refuseEarly(path, call.switches);
  const file = call.values['image'] ?? (await built(call));
  const image = await openDisk(file);
  try {
    const cluster = await wholeImage(file, image);
    await permit(await targetOf(path), { bytes: image.size, cluster }, call.switches);
    const id = u32le(randomBytes(4), 0);
    const { backup } = readBootSector(await image.read(PARTITION_START, BOOT_SECTOR));
    await put(withVolumeId(image, id, backup), path);
    process.stdout.write(`${path} holds the drive ${volumeText(id)}: ${megabytes(image.size)}, read back and right\n`);
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

/** The cluster's name on an image that is whole. */
async function wholeImage(file: string, image: OpenDisk): Promise<string | undefined> {
  const report = await look(image);
  if (report.kind === 'stranger') {
    throw new Failure(`${file} is no image of a pxen drive: ${report.why}`, 'Build one: pxen drive build.', 2);
  }
  const [damage] = report.findings;
  if (damage !== undefined) {
    throw new Failure(`${file} is damaged: ${damage.where}: ${damage.what}`, 'Build it anew: pxen drive build.', 2);
  }
  return report.cluster;
}
