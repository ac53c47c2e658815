import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { argumentsFor } from '../core/boot/machine.ts';
import { ownBlockText, whyNotOwn } from '../core/boot/ownBlock.ts';
import { profileNamed } from '../core/boot/profile.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { driveFilesIn, packagesIn, settingsFor, valuesOf } from '../core/cluster/settings.ts';
import { ADDONS, OVERLAY, OWN_BLOCK, PACKAGES } from '../core/image/layout.ts';
import type { Lock } from '../core/image/lock.ts';
import { Failure } from '../shell/fail.ts';
import type { Tell } from './cache.ts';
import { parseLock } from './lock.ts';
import { ensureImage, onDrive, writeClusterFile, writeDriveFile, type BuiltImage } from './main.ts';
import { ensureLayers, PACKAGES_LOCK, rootOf, type BuiltLayers } from './packageLayers.ts';

/** What a drive is dressed with. */
export interface Dress {
  readonly text: string;
  /** With its add-ons. */
  readonly cluster: Cluster;
  /** Where its file stands. */
  readonly folder: string;
}

/**
 * Puts a cluster.yaml and what it asks of a drive onto a copy of one: add-ons and files for hosts out of `folder`, where it stands;
 * layers with packages; and what the loader gives at the very first boot. Which machine that will be is not known, so it is what holds for all; host0 sees to the rest at its first start.
 */
export async function dressDrive(
  drive: string,
  { text, cluster, folder }: Dress,
  image: BuiltImage,
  tell: Tell,
): Promise<void> {
  await writeClusterFile(drive, text);
  await putFolders(drive, cluster, folder);
  const wanted = packagesIn(cluster);
  if (wanted.length > 0) {
    const { texts, files } = await ensureLayers(wanted, undefined, image, tell);
    await onDrive(drive, (target) => ['mmd', '-i', target, `::/${PACKAGES}`]);
    for (const [name, content] of Object.entries(texts)) await writeDriveFile(drive, `${PACKAGES}/${name}`, content);
    for (const [name, path] of Object.entries(files)) {
      const words = (target: string): string[] => [
        'mcopy',
        '-i',
        target,
        `/work/layer/${basename(path)}`,
        `::/${PACKAGES}/${name}`,
      ];
      await onDrive(drive, words, { layer: dirname(path) });
    }
  }
  await writeDriveFile(drive, OWN_BLOCK, firstBlock(cluster));
}

/** Whole: what is not in force today may be switched on tomorrow. */
async function putFolders(drive: string, cluster: Cluster, folder: string): Promise<void> {
  const isWanted = { [ADDONS]: Object.keys(cluster.addons).length > 0, [OVERLAY]: driveFilesIn(cluster).length > 0 };
  for (const [name, wanted] of Object.entries(isWanted)) {
    const from = resolve(folder, name);
    if (!wanted || !(await isFolder(from))) continue;
    await onDrive(drive, (target) => ['mcopy', '-s', '-o', '-i', target, `/work/${name}`, '::/'], { [name]: from });
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

function firstBlock(cluster: Cluster): string {
  const settings = settingsFor({ labels: {}, profile: 'xen' }, cluster);
  const { xen, linux } = argumentsFor(settings, profileNamed(cluster, 'xen')?.console);
  const own = { board: 'any', xen, linux, layers: valuesOf(settings.packages) };
  const { xenArgs, kernelArgs, packages } = settings;
  const isSet = [xenArgs, kernelArgs, packages].some((all) => all.length > 0);
  return ownBlockText(isSet && whyNotOwn(own) === undefined ? own : undefined, '2');
}

/** Makes the layers that the cluster.yaml of a folder laid out like a drive asks for, there. Gives the names of its packages. */
export async function dressFolder(folder: string, cluster: Cluster, tell: Tell): Promise<readonly string[]> {
  const wanted = packagesIn(cluster);
  const place = join(folder, PACKAGES);
  const image = await ensureImage(tell);
  await checkRelease(folder, image);
  if (wanted.length === 0) {
    await rm(place, { recursive: true, force: true });
    return wanted;
  }
  await put(place, await ensureLayers(wanted, await keptLock(place), image, tell));
  return wanted;
}

async function keptLock(place: string): Promise<Lock | undefined> {
  const text = await readFile(join(place, PACKAGES_LOCK), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseLock(text);
}

/** The index last: until it is there the ones before are in force. */
async function put(place: string, { texts, files }: BuiltLayers): Promise<void> {
  await mkdir(place, { recursive: true });
  const { index = '', ...rest } = texts;
  for (const [name, path] of Object.entries(files)) await copyFile(path, join(place, name));
  for (const [name, text] of Object.entries(rest)) await writeFile(join(place, name), text);
  await writeFile(join(place, 'index'), index);
  const known = new Set([...Object.keys(texts), ...Object.keys(files)]);
  for (const name of await readdir(place)) if (!known.has(name)) await rm(join(place, name));
}

/** A layer holds what one root lacks; over another it could bring libraries that do not fit. */
async function checkRelease(folder: string, image: BuiltImage): Promise<void> {
  const path = join(folder, 'boot', 'releases', image.release, 'manifest');
  const there = await readFile(path, 'utf8').catch(() => undefined);
  if (there?.includes(` ${rootOf(image.manifest)}\n`) === true) return;
  throw new Failure(
    `${folder} does not hold the release ${image.release}, which this checkout builds`,
    'Use the checkout that the drive was made with, or make the drive anew: pxen drive build --cluster FILE --output FILE.',
    2,
  );
}
