import { createHash } from 'node:crypto';
import { link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packagesOf, type Lock, type LockedPackage } from '../core/image/lock.ts';
import { Failure } from '../shell/fail.ts';
import { run } from '../shell/run.ts';
import type { Tell } from './cache.ts';
import { openMirror, openSnapshot } from './lock.ts';
import type { Archive } from './packages.ts';
import { cacheFolder } from './paths.ts';

/** How many packages are fetched by one call: few enough that progress is seen. */
const BATCH = 40;

export const debFile = (p: LockedPackage): string => join(cacheFolder(), 'debs', `${p.sha256}.deb`);

/** Packages of the lock that are nowhere to be had any more: the caller may resolve anew (docs/rules.md, rule 10). */
export class GoneError extends Failure {
  constructor(packages: readonly LockedPackage[]) {
    const names = packages.map(({ name, version }) => `${name} ${version}`).join(', ');
    super(
      `the archive no longer has ${names}`,
      'Run `pxen image update`, or set PXEN_SNAPSHOT to an archive that keeps them.',
    );
  }
}

/** Where packages come from that are not in the cache, in the order in which they are asked. */
export type Archives = readonly (() => Promise<Archive | undefined>)[];

/**
 * Makes sure that every package of the lock lies in the cache with the right hash: what is there already, then from the
 * mirror, then from a snapshot archive if one is configured. Throws GoneError naming what none of them has.
 */
export async function fetchDebs(
  packages: readonly LockedPackage[],
  tell: Tell,
  archives: Archives = [openMirror, openSnapshot],
): Promise<void> {
  let missing = await notCached(packages);
  for (const open of archives) {
    if (missing.length === 0) return;
    const archive = await open();
    if (archive === undefined) continue;
    const known = await archive.known(missing);
    await fetchFrom(
      archive,
      missing.filter(({ name }) => known.has(name)),
      tell,
    );
    missing = missing.filter(({ name }) => !known.has(name));
  }
  if (missing.length > 0) throw new GoneError(missing);
}

async function fetchFrom(archive: Archive, packages: readonly LockedPackage[], tell: Tell): Promise<void> {
  for (let at = 0; at < packages.length; at += BATCH) {
    tell(`fetching packages ${at + 1}-${Math.min(at + BATCH, packages.length)} of ${packages.length}`);
    await mkdir(cacheFolder(), { recursive: true });
    const folder = await mkdtemp(join(cacheFolder(), 'fetch-'));
    try {
      await archive.download(packages.slice(at, at + BATCH), folder);
      await keepWanted(folder, packages);
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  const strange = (await notCached(packages)).map(({ name }) => name);
  if (strange.length === 0) return;
  const sentence = `the archive gave other bytes than the lock asks for: ${strange.join(', ')}`;
  throw new Failure(sentence, 'Run `pxen image update`.');
}

async function notCached(packages: readonly LockedPackage[]): Promise<LockedPackage[]> {
  const found = await Promise.all(packages.map((p) => stat(debFile(p)).catch(() => undefined)));
  return packages.filter((_, index) => found[index] === undefined);
}

/** Moves what was fetched into the cache under its hash; anything that the lock does not name is dropped. */
async function keepWanted(folder: string, wanted: readonly LockedPackage[]): Promise<void> {
  await mkdir(join(cacheFolder(), 'debs'), { recursive: true });
  const hashes = new Map(wanted.map((p) => [p.sha256, p]));
  for (const name of await readdir(folder)) {
    const sha256 = createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex');
    const match = hashes.get(sha256);
    if (match === undefined) continue;
    await rename(join(folder, name), debFile(match));
  }
}

/** A flat apt repository of exactly the packages of some roots, as links into the cache. */
export async function repository(lock: Lock, roots: readonly string[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const packages = [...new Map(roots.flatMap((root) => packagesOf(lock, root)).map((p) => [p.name, p])).values()];
  const paragraphs: string[] = [];
  for (const p of packages) {
    const file = `${p.name}_${p.sha256.slice(0, 8)}.deb`;
    await link(debFile(p), join(folder, file));
    const { stdout } = await run(['dpkg-deb', '--field', debFile(p)]);
    paragraphs.push(`${stdout.trimEnd()}\nFilename: ./${file}\nSize: ${p.size}\nSHA256: ${p.sha256}\n`);
  }
  await writeFile(join(folder, 'Packages'), paragraphs.join('\n'));
}
