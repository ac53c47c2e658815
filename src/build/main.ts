import { basename, dirname, join, resolve } from 'node:path';
import { DRIVE_BYTES, PARTITION_START } from '../core/image/layout.ts';
import type { Lock } from '../core/image/lock.ts';
import type { Manifest } from '../core/image/manifest.ts';
import { ensure, standing, type Piece, type Tell } from './cache.ts';
import { drivePlan } from './drive.ts';
import { lockInForce, withLock } from './obtain.ts';
import { cacheFolder } from './paths.ts';
import { planPieces, sourcesOf } from './pieces.ts';
import { describeRelease, releasePlan } from './release.ts';
import { checkRoom } from './room.ts';
import { toolsOf, toolsPlan, type Tools } from './tools.ts';

export interface BuiltImage {
  readonly release: string;
  /** Wire bytes until ready. */
  readonly bytes: number;
  /** SHA-256 of the manifest. */
  readonly sha256: string;
  readonly manifest: Manifest;
  readonly folder: string;
  readonly tools: Tools;
  readonly root: Piece;
}

export interface BuiltDrive {
  /** A raw image; never written to, copy it first. */
  readonly path: string;
  readonly bytes: number;
  readonly image: { readonly release: string; readonly bytes: number; readonly sha256: string };
}

/** Builds what is not built yet: the release with all its files. A package that no archive has any more is replaced, and told. */
export const ensureImage = (tell: Tell): Promise<BuiltImage> => withLock((lock) => imageOf(lock, tell), tell);

async function imageOf(lock: Lock, tell: Tell): Promise<BuiltImage> {
  const { all, tools } = await planPieces(lock);
  const missing = (await Promise.all(all.map(standing))).filter(({ why }) => why !== undefined);
  await checkRoom(
    cacheFolder(),
    missing.reduce((sum, { plan }) => sum + plan.room, 0),
  );
  const pieces = new Map<string, Piece>();
  for (const plan of all) pieces.set(plan.name, await ensure(plan, tell));
  const sources = sourcesOf((name) => pieces.get(name));
  const described = await describeRelease(sources);
  const { manifest, sha256, wire: bytes } = described;
  const made = await ensure(releasePlan(sources, described), tell);
  const root = sources.xen.piece;
  return { release: manifest.release, bytes, sha256, manifest, folder: made.folder, tools, root };
}

/** The drive with this release on it. */
export async function ensureDrive(tell: Tell): Promise<BuiltDrive> {
  const image = await ensureImage(tell);
  const { folder } = await ensure(await drivePlan(image, image.tools), tell);
  const { release, bytes, sha256 } = image;
  return { path: join(folder, 'drive.img'), bytes: DRIVE_BYTES, image: { release, bytes, sha256 } };
}

/** Puts `cluster.yaml` onto a copy of a drive. */
export const writeClusterFile = (drive: string, text: string): Promise<void> =>
  writeDriveFile(drive, 'cluster.yaml', text);

/** Puts a file onto a copy of a drive, over the one that is there. */
export async function writeDriveFile(drive: string, name: string, text: string): Promise<void> {
  await onDrive(drive, (target) => ['mcopy', '-o', '-i', target, '-', `::/${name}`], {}, text);
}

export const readDriveFile = (drive: string, name: string): Promise<string> =>
  onDrive(drive, (target) => ['mcopy', '-n', '-i', target, `::/${name}`, '-']);

/** Runs a command of mtools on the partition of a drive's image. `more`: folders that it finds below `/work`. */
export async function onDrive(
  drive: string,
  command: (target: string) => string[],
  more: Readonly<Record<string, string>> = {},
  input?: string,
): Promise<string> {
  const plan = toolsPlan(await lockInForce());
  await ensure(plan, () => undefined);
  const mounts = { ...more, drive: dirname(resolve(drive)) };
  const words = command(`/work/drive/${basename(drive)}@@${PARTITION_START}`);
  const { stdout } = await toolsOf(plan).run(words, mounts, input === undefined ? {} : { input });
  return stdout;
}
