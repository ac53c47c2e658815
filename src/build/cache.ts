import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lineDifference } from '../core/image/difference.ts';
import { checkRoom, fullDisk } from './room.ts';
import { cacheFolder } from './paths.ts';
import { damageOf, recordFiles } from './record.ts';

/** Tells the person what is being done; `why` is the reason that a cached piece could not be used. */
export type Tell = (what: string, why?: string) => void;

/** A piece of the build before it is built: what goes into it, and how it is made. */
export interface Plan {
  readonly name: string;
  /** Lines `kind name rest...`, all that the bytes of the piece depend on. */
  readonly inputs: readonly string[];
  /** Bytes of disk that making it may need. */
  readonly room: number;
  /** Fills the folder that it is given. */
  readonly make: (folder: string, tell: Tell) => Promise<void>;
}

/** A piece that is built, or where it will stand. */
export interface Piece {
  readonly folder: string;
  /** SHA-256 over the lines of all inputs. */
  readonly key: string;
}

/** How a piece stands: `why` is why it has to be built; undefined where it need not. */
export interface Standing extends Piece {
  readonly plan: Plan;
  readonly why: string | undefined;
}

/** How many lines of a difference are shown before it becomes a count. */
const SHOWN = 4;

/** The inputs that a piece was made of; only in a folder that was finished. */
const INPUTS = '.inputs';

/** Where a piece stands, or will stand once it is built. */
export function pieceOf({ name, inputs }: Pick<Plan, 'name' | 'inputs'>): Piece {
  const key = createHash('sha256').update(inputs.join('\n')).digest('hex');
  return { folder: join(cacheFolder(), name, key.slice(0, 24)), key };
}

export async function standing(plan: Plan): Promise<Standing> {
  const piece = pieceOf(plan);
  const finished = await readFile(join(piece.folder, INPUTS)).catch(() => undefined);
  const why = finished === undefined ? await reason(plan) : await damageOf(piece.folder);
  return { ...piece, plan, why };
}

/**
 * A piece of the build, kept under the hash of everything that goes into it. The folder takes its place only when `make`
 * has succeeded, so a build that was broken off leaves nothing half-written. A piece that is damaged is made anew.
 */
export async function ensure(plan: Plan, tell: Tell): Promise<Piece> {
  const { folder, key, why } = await standing(plan);
  if (why === undefined) return { folder, key };
  await checkRoom(cacheFolder(), plan.room);
  tell(`building ${plan.name}`, why);
  const fresh = `${folder}.new-${process.pid}`;
  await removeStrays(dirname(folder));
  // Modes are part of an image's bytes; the user's umask must not be.
  process.umask(0o022);
  try {
    await mkdir(fresh, { recursive: true });
    await plan.make(fresh, tell);
    await writeFile(join(fresh, INPUTS), plan.inputs.join('\n'));
    await replace(fresh, plan);
    await writeFile(join(dirname(folder), 'latest'), plan.inputs.join('\n'));
  } catch (error) {
    throw fullDisk(cacheFolder(), error);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return { folder, key };
}

/** The record goes first: a piece without one that fits counts as damaged. */
async function replace(fresh: string, plan: Plan): Promise<void> {
  const { folder, why } = await standing(plan);
  // Another build was quicker, and somebody may be using what it made.
  if (why === undefined) return;
  await rm(folder, { recursive: true, force: true });
  await recordFiles(fresh, folder);
  await rename(fresh, folder).catch(async (error: unknown) => {
    // So it was, between these two lines: the same inputs give the same bytes.
    if ((await standing(plan)).why !== undefined) throw error;
  });
}

/** What builds left behind that were killed: folders of processes that are no more. */
async function removeStrays(base: string): Promise<void> {
  for (const name of await readdir(base).catch(() => [])) {
    const pid = /\.new-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(base, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Why a piece is built although one was built before: what differs from the latest. */
async function reason({ name, inputs }: Plan): Promise<string> {
  const latest = await readFile(join(cacheFolder(), name, 'latest'), 'utf8').catch(() => undefined);
  if (latest === undefined) return 'it was never built here';
  const changes = lineDifference(latest.split('\n'), inputs);
  if (changes.length === 0) return 'the one built before was removed';
  const more = changes.length > SHOWN ? ` and ${changes.length - SHOWN} more` : '';
  return `${changes.slice(0, SHOWN).join(', ')}${more}`;
}
