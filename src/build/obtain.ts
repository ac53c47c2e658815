import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lockDifference, type Lock } from '../core/image/lock.ts';
import type { Tell } from './cache.ts';
import { GoneError } from './debs.ts';
import { openMirror, parseLock, readLock, resolveLock } from './lock.ts';
import type { Archive } from './packages.ts';
import { cacheFolder } from './paths.ts';

/** Packages are at most this many in a sentence. */
const SHOWN = 20;

/**
 * Builds from the lock. Where packages of it are neither in the cache nor in any archive (docs/rules.md, rule 10) the lock is
 * resolved anew, what that changes is told, and it is built from the new one. That one stands in for the lock in the cache,
 * so that the next build is of the same packages; `image/lock.json` itself changes only by `pxen image update`.
 */
export async function withLock<T>(
  build: (lock: Lock) => Promise<T>,
  tell: Tell,
  open: () => Promise<Archive> = openMirror,
  read: () => Promise<Lock> = readLock,
): Promise<T> {
  const asked = await read();
  const lock = await standInOf(asked);
  if (lock !== undefined) tell('using packages that were resolved anew', whatChanged(asked, lock));
  try {
    return await build(lock ?? asked);
  } catch (error) {
    if (!(error instanceof GoneError)) throw error;
    tell('resolving the packages anew', error.message);
    const fresh = { ...(await resolveLock(await open())), sources: asked.sources };
    tell('building from newer packages than the lock names', whatChanged(asked, fresh));
    const built = await build(fresh);
    await keepStandIn(asked, fresh);
    return built;
  }
}

function whatChanged(before: Lock, after: Lock): string {
  const changes = lockDifference(before, after);
  const more = changes.length > SHOWN ? ` and ${changes.length - SHOWN} more` : '';
  return `${changes.slice(0, SHOWN).join(', ')}${more}; pxen image update would write them into the lock`;
}

const standInFile = (lock: Lock): string => {
  const key = createHash('sha256').update(JSON.stringify(lock)).digest('hex').slice(0, 24);
  return join(cacheFolder(), 'locks', `${key}.json`);
};

/** The lock that builds are made of at present: the checkout's, or what stands in for it. */
export async function lockInForce(): Promise<Lock> {
  const lock = await readLock();
  return (await standInOf(lock)) ?? lock;
}

/** The lock that was resolved in place of this one; undefined where this one could be built so far. */
async function standInOf(lock: Lock): Promise<Lock | undefined> {
  const text = await readFile(standInFile(lock), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseLock(text);
}

async function keepStandIn(lock: Lock, standIn: Lock): Promise<void> {
  await mkdir(dirname(standInFile(lock)), { recursive: true });
  await writeFile(standInFile(lock), JSON.stringify(standIn));
}
