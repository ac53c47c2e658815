import { join } from 'node:path';
import type { LoaderKind } from '../core/boot/architecture.ts';
import { BUILT_KINDS, type BuiltKind } from '../core/boot/loaders.ts';
import { DEBIAN_LOADERS, LOADER_PACKAGE, LOADER_RECIPES } from '../core/image/recipe/loaders.ts';
import { pieceOf, standing } from './cache.ts';
import { builtLoaders, type BuiltLoader } from './loaders.ts';
import { lockInForce } from './obtain.ts';
import { fileHash } from './record.ts';
import { toolsPlan } from './tools.ts';

/** A loader that drives get, or could get. */
interface ListedLoader {
  readonly kind: LoaderKind;
  /** Its name below `boot/loaders/`. */
  readonly file: string;
  /** `build`: it is built from source on wish. */
  readonly by: 'debian' | 'build';
  /** The package or source that it comes from, or would; empty where the lock names none. */
  readonly from: string;
  /** Where it lies on this machine, and its SHA-256 (hex); absent where it is not built, or Debian's not unpacked yet. */
  readonly present?: { readonly path: string; readonly sha256: string };
}

/** All loaders by kind of firmware, the better of a kind first. Builds and fetches nothing. */
export async function listLoaders(): Promise<readonly ListedLoader[]> {
  const lock = await lockInForce();
  const tools = toolsPlan(lock);
  const isUnpacked = (await standing(tools)).why === undefined;
  const folder = isUnpacked ? join(pieceOf(tools).folder, 'root', 'usr', 'lib', 'ipxe') : undefined;
  const version = lock.packages[LOADER_PACKAGE]?.version ?? '';
  const debian = await Promise.all(DEBIAN_LOADERS.map(([kind, file]) => ofDebian(kind, file, version, folder)));
  const source = lock.sources[LOADER_PACKAGE];
  const otherwise = source === undefined ? '' : `${source.name} ${source.version}`;
  const built = await builtLoaders();
  return [...debian, ...BUILT_KINDS.map((kind) => ofSource(kind, built, otherwise))];
}

async function ofDebian(
  kind: LoaderKind,
  file: string,
  version: string,
  folder: string | undefined,
): Promise<ListedLoader> {
  const listed: ListedLoader = { kind, file, by: 'debian', from: `${LOADER_PACKAGE} ${version}`.trim() };
  if (folder === undefined) return listed;
  const path = join(folder, file);
  return { ...listed, present: { path, sha256: await fileHash(path) } };
}

function ofSource(kind: BuiltKind, built: readonly BuiltLoader[], otherwise: string): ListedLoader {
  const listed: ListedLoader = { kind, file: LOADER_RECIPES[kind].file, by: 'build', from: otherwise };
  const found = built.find((one) => one.kind === kind);
  if (found === undefined) return listed;
  const { from, path, sha256 } = found;
  return { ...listed, from, present: { path, sha256 } };
}

/** What `pxen image loaders --json` prints. */
export const loadersJson = (loaders: readonly ListedLoader[]): object => ({ schema: 'pxen.loaders/1', loaders });
