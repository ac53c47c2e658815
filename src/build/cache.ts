import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lineDifference } from '../core/image/difference.ts';
import { cacheFolder } from './paths.ts';

/** Tells the person what is being done; `why` is the reason that a cached piece could not be used. */
export type Tell = (what: string, why?: string) => void;

export interface Piece {
  readonly folder: string;
  /** SHA-256 over the lines of all inputs. */
  readonly key: string;
}

/** How many lines of a difference are shown before it becomes a count. */
const SHOWN = 4;

/**
 * A piece of the build, kept under the hash of everything that goes into it. `make` fills the folder it is given; the
 * folder takes its place only when `make` has succeeded, so a build that was broken off leaves nothing half-written.
 */
export async function piece(
  name: string,
  inputs: readonly string[],
  tell: Tell,
  make: (folder: string) => Promise<void>,
): Promise<Piece> {
  const key = createHash('sha256').update(inputs.join('\n')).digest('hex');
  const base = join(cacheFolder(), name);
  const folder = join(base, key.slice(0, 24));
  if (await readFile(join(folder, '.inputs')).catch(() => undefined)) return { folder, key };
  tell(`building ${name}`, await reason(base, inputs));
  const fresh = `${folder}.new-${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await make(fresh);
  await writeFile(join(fresh, '.inputs'), inputs.join('\n'));
  await rename(fresh, folder).catch(async () => rm(fresh, { recursive: true, force: true }));
  await writeFile(join(base, 'latest'), inputs.join('\n'));
  return { folder, key };
}

/** Why a piece is built although one was built before: what differs from the latest. */
async function reason(base: string, inputs: readonly string[]): Promise<string> {
  const latest = await readFile(join(base, 'latest'), 'utf8').catch(() => undefined);
  if (latest === undefined) return 'it was never built here';
  const changes = lineDifference(latest.split('\n'), inputs);
  if (changes.length === 0) return 'the one built before was removed';
  const more = changes.length > SHOWN ? ` and ${changes.length - SHOWN} more` : '';
  return `${changes.slice(0, SHOWN).join(', ')}${more}`;
}

/** SHA-256 of a file's bytes, hex. */
export async function fileHash(file: string): Promise<string> {
  return createHash('sha256').update(await readFile(file)).digest('hex');
}
