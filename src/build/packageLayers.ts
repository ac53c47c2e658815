import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageLines, packagesOf, type Lock } from '../core/image/lock.ts';
import type { Manifest } from '../core/image/manifest.ts';
import { packageIndexText, type PackageIndex, type PackageLayer } from '../core/image/packageIndex.ts';
import { EPOCH } from '../core/image/recipe/packages.ts';
import { Failure } from '../shell/fail.ts';
import { ensure, type Plan, type Tell } from './cache.ts';
import { fetchDebs, repository } from './debs.ts';
import { hashLines } from './inputs.ts';
import type { BuiltImage } from './main.ts';
import { lockInForce } from './obtain.ts';
import { packageLock } from './packageLock.ts';
import { SCRIPTS } from './paths.ts';

/** What stands below `boot/packages/` of a drive, by name there: texts, or files that were built. */
export interface BuiltLayers {
  readonly index: PackageIndex;
  readonly texts: Readonly<Record<string, string>>;
  /** Paths of the built layers. */
  readonly files: Readonly<Record<string, string>>;
}

/** The lock of a drive's layers, so that building them again gives the same. */
export const PACKAGES_LOCK = 'lock.json';

/** Builds the layers for what is wanted, as far as they are not built yet, over the root of this image. */
export async function ensureLayers(
  wanted: readonly string[],
  kept: Lock | undefined,
  image: BuiltImage,
  tell: Tell,
): Promise<BuiltLayers> {
  const host = await lockInForce();
  const lock = await packageLock(wanted, host, kept, tell);
  const root = rootOf(image.manifest);
  const built: { layer: PackageLayer; path: string }[] = [];
  for (const name of wanted) built.push(await layer(name, lock, root, image, tell));
  const index = { root, layers: built.map(({ layer: one }) => one) };
  return {
    index,
    texts: { index: packageIndexText(index), [PACKAGES_LOCK]: `${JSON.stringify(lock, undefined, 1)}\n` },
    files: Object.fromEntries(built.map(({ layer: { file }, path }) => [file, path])),
  };
}

/** SHA-256 of the root that the layers of a release go over. */
export function rootOf({ files }: Manifest): string {
  const root = files.find(({ name }) => name === 'root.squashfs');
  if (root === undefined) throw new Failure('the release has no root.squashfs', 'Build the drive anew.');
  return root.sha256;
}

async function layer(
  name: string,
  lock: Lock,
  root: string,
  image: BuiltImage,
  tell: Tell,
): Promise<{ layer: PackageLayer; path: string }> {
  const { folder } = await ensure(await layerPlan(name, lock, root, image), tell);
  const path = join(folder, `${name}.squashfs`);
  const bytes = await readFile(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { layer: { name, file: `${name}-${sha256.slice(0, 10)}.squashfs`, size: bytes.length, sha256 }, path };
}

async function layerPlan(name: string, lock: Lock, root: string, image: BuiltImage): Promise<Plan> {
  const packages = packagesOf(lock, name);
  const script = (await hashLines(SCRIPTS)).filter((line) => line.startsWith('file packages.sh '));
  return {
    name: `packages-${name}`,
    inputs: [`tools ${image.tools.key}`, `root ${root}`, ...packageLines(packages), ...script],
    room: 1e9,
    make: async (fresh, tell) => {
      await fetchDebs(packages, tell);
      await repository(lock, [name], join(fresh, 'repository'));
      const mounts = { out: fresh, scripts: SCRIPTS, root: image.root.folder };
      const words = ['/work/out', '/work/root/root.squashfs', name, String(EPOCH)];
      await image.tools.run(['/work/scripts/packages.sh', ...words], mounts).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        throw new Failure(
          `no layer can be made of the package ${name}: ${why}`,
          'Take it out of `packages:`.',
          1,
          error,
        );
      });
    },
  };
}
