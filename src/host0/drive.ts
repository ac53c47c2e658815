import { parseGrubenv } from '../core/boot/grubenv.ts';
import { parseManifest, type Manifest } from '../core/image/manifest.ts';
import { createHash } from '../shell/builtin.ts';
import { Failure } from '../shell/fail.ts';
import type { Files } from '../shell/files.ts';

const textOf = async (files: Files, path: string): Promise<string> =>
  Buffer.from(await files.bytes(path)).toString('utf8');

/** The release that is served, and what vouches for it. */
export interface Served {
  readonly release: string;
  readonly manifest: Manifest;
  readonly sha256: string;
}

/** The release named, else the one that `boot/grubenv` calls current. Throws Failure where it is not whole. */
export async function readRelease(files: Files, named: string | undefined): Promise<Served> {
  const environment = await grubenv(files);
  const release = named ?? environment.get('current');
  if (release === undefined) {
    throw new Failure('boot/grubenv names no current release', 'Give one with --release, or build the drive anew.', 2);
  }
  const path = `boot/releases/${release}/manifest`;
  if ((await files.info(path)) === undefined) {
    throw new Failure(
      `the release ${release} has no ${path}`,
      'Build the drive anew, or name another with --release.',
      2,
    );
  }
  const bytes = await files.bytes(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const wanted = environment.get('current') === release ? environment.get('current_manifest') : undefined;
  if (wanted !== undefined && wanted !== sha256) {
    throw new Failure(
      `the manifest of ${release} is not the one the drive vouches for`,
      'Check the drive: pxen drive check.',
    );
  }
  return { release, manifest: parseManifest(Buffer.from(bytes).toString('utf8')), sha256 };
}

/** Stands for the release where a folder has none. */
export const NO_RELEASE = 'none';
export const noReleaseText = 'there is no release of pxen on the boot server (boot/grubenv is missing)';

/** As `readRelease`; a folder without any release is served too, with kernels and loaders of one's own. */
export async function readReleaseIfAny(files: Files, named: string | undefined): Promise<Served> {
  const isBare =
    named === undefined &&
    (await files.info('boot/grubenv')) === undefined &&
    ((await files.list('boot/releases')) ?? []).length === 0;
  if (!isBare) return readRelease(files, named);
  return { release: NO_RELEASE, manifest: { release: NO_RELEASE, files: [] }, sha256: '' };
}

async function grubenv(files: Files): Promise<ReadonlyMap<string, string>> {
  const path = 'boot/grubenv';
  return (await files.info(path)) === undefined ? new Map() : parseGrubenv(await textOf(files, path));
}
