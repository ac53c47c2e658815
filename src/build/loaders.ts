import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILT_KINDS, type BuiltKind } from '../core/boot/loaders.ts';
import type { Lock } from '../core/image/lock.ts';
import { LOADER_PACKAGE, LOADER_RECIPES } from '../core/image/recipe/loaders.ts';
import { EPOCH } from '../core/image/recipe/packages.ts';
import { Failure } from '../shell/fail.ts';
import { ensure, pieceOf, type Plan, type Tell } from './cache.ts';
import { hashLines } from './inputs.ts';
import { withLock } from './obtain.ts';
import { cacheFolder, SCRIPTS } from './paths.ts';
import { damageOf, readRecord } from './record.ts';
import { fetchSource } from './source.ts';
import { toolsOf, toolsPlan } from './tools.ts';

/** A loader that was built from source. */
export interface BuiltLoader {
  readonly kind: BuiltKind;
  /** Its name below `boot/loaders/`. */
  readonly file: string;
  readonly path: string;
  readonly sha256: string;
  /** What it was built from: `ipxe` and a version, or a source of one's own by its hash. */
  readonly from: string;
}

/** Builds the loader of a kind as far as it is not built yet. It goes onto every drive that is built from then on. */
export const ensureLoader = (kind: BuiltKind, own: string | undefined, tell: Tell): Promise<BuiltLoader> =>
  withLock((lock) => buildLoader(kind, own, lock, tell), tell);

async function buildLoader(kind: BuiltKind, own: string | undefined, lock: Lock, tell: Tell): Promise<BuiltLoader> {
  const plan = await loaderPlan(kind, own, lock);
  await ensure(plan, tell);
  await mkdir(join(cacheFolder(), 'loaders'), { recursive: true });
  await writeFile(chosenFile(kind), plan.inputs.join('\n'));
  const built = await builtLoader(kind);
  if (built === undefined)
    throw new Failure(`the loader for ${kind} is gone again`, 'Is another build cleaning up? Try again.');
  return built;
}

/** The inputs of the loader that drives get, of all that were built for a kind. */
const chosenFile = (kind: BuiltKind): string => join(cacheFolder(), 'loaders', kind);

/** The loaders that drives get beside Debian's. Throws Failure where one was built and is no more: a drive must not lack it in silence. */
export async function loadersForDrives(): Promise<readonly BuiltLoader[]> {
  const built = await builtLoaders();
  for (const kind of BUILT_KINDS) {
    const chosen = await stat(chosenFile(kind)).catch(() => undefined);
    if (chosen === undefined || built.some((one) => one.kind === kind)) continue;
    throw new Failure(
      `the loader for ${kind} that was built here is damaged or gone`,
      `Build it again: pxen image loaders --build ${kind}. Or do without: rm ${chosenFile(kind)}.`,
    );
  }
  return built;
}

/** Those that were built from source and are whole. */
export async function builtLoaders(): Promise<readonly BuiltLoader[]> {
  return (await Promise.all(BUILT_KINDS.map(builtLoader))).flatMap((built) => built ?? []);
}

async function builtLoader(kind: BuiltKind): Promise<BuiltLoader | undefined> {
  const text = await readFile(chosenFile(kind), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const inputs = text.split('\n');
  const { folder } = pieceOf({ name: pieceName(kind), inputs });
  const { file } = LOADER_RECIPES[kind];
  const sha256 = (await readRecord(folder))?.get(file)?.sha256;
  if (sha256 === undefined || (await damageOf(folder)) !== undefined) return undefined;
  const from = /^source (.*?)(?: [0-9a-f]{64})*$/m.exec(text)?.[1] ?? '';
  return { kind, file, path: join(folder, file), sha256, from };
}

const pieceName = (kind: BuiltKind): string => `loader-${kind}`;

/** `own`: an unpacked source in place of Debian's. */
async function loaderPlan(kind: BuiltKind, own: string | undefined, lock: Lock): Promise<Plan> {
  const { file, target, cross, root } = LOADER_RECIPES[kind];
  const compiler = toolsPlan(lock, root);
  const tools = toolsOf(compiler);
  const script = (await hashLines(SCRIPTS)).filter((line) => line.startsWith('file ipxe.sh '));
  const source = own === undefined ? debianSource(lock) : await ownSource(own);
  const inputs = [`tools ${tools.key}`, `epoch ${EPOCH}`, `target ${target} ${cross}`, ...script, ...source.inputs];
  const make: Plan['make'] = async (fresh, tell) => {
    await source.lay(fresh, tell);
    await ensure(compiler, tell);
    tell(`compiling iPXE for ${kind}, some minutes`);
    const words = ['/work/out', target, file, cross, source.version];
    await tools.run(['sh', '/work/scripts/ipxe.sh', ...words], { out: fresh, scripts: SCRIPTS });
  };
  return { name: pieceName(kind), inputs, room: 1.2e9, make };
}

interface LoaderSource {
  readonly inputs: readonly string[];
  /** What iPXE calls itself; empty where its source says that. */
  readonly version: string;
  /** Lays it into the folders `package` and `tree`, one of which stays empty or absent. */
  readonly lay: Plan['make'];
}

function debianSource(lock: Lock): LoaderSource {
  const source = lock.sources[LOADER_PACKAGE];
  if (source === undefined)
    throw new Failure(
      `the lock names no source of ${LOADER_PACKAGE}`,
      'Run `pxen image update` with a mirror that has source packages, or name an unpacked source: --source FOLDER.',
    );
  const hashes = source.files.map(({ sha256 }) => sha256);
  return {
    inputs: [['source', source.name, source.version, ...hashes].join(' ')],
    version: source.version,
    lay: (fresh, tell) => fetchSource(source, join(fresh, 'package'), tell),
  };
}

/** What is built lies beside the source; a source that was built from is the same source. */
const isSource = (path: string): boolean => !/(^|\/)src\/bin(-[\w-]+)?(\/|$)/.test(path);

async function ownSource(folder: string): Promise<LoaderSource> {
  const isThere = await stat(join(folder, 'src', 'config', 'general.h')).catch(() => undefined);
  if (isThere === undefined)
    throw new Failure(
      `${folder} is no source of iPXE: there is no src/config/general.h`,
      'Name the folder that holds its src/.',
      2,
    );
  const lines = (await hashLines(join(folder, 'src'), 'src/')).filter((line) => isSource(line.split(' ')[1] ?? ''));
  const hash = createHash('sha256').update(lines.join('\n')).digest('hex');
  return {
    inputs: [`source own source ${hash.slice(0, 12)}`, ...lines],
    version: '',
    lay: async (fresh) => {
      await mkdir(join(fresh, 'package'));
      const filter = (path: string): boolean => isSource(path.slice(folder.length + 1));
      await cp(join(folder, 'src'), join(fresh, 'tree', 'src'), { recursive: true, verbatimSymlinks: true, filter });
    },
  };
}
