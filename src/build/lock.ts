import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockDifference, lockSchema, type Lock, type LockedPackage } from '../core/image/lock.ts';
import { LOADER_PACKAGE } from '../core/image/recipe/loaders.ts';
import { ROOTS, SUITE } from '../core/image/recipe/packages.ts';
import { Failure } from '../shell/fail.ts';
import { PrivateApt, type Archive, type SourceArchive } from './packages.ts';
import { cacheFolder, LOCK_FILE } from './paths.ts';

/** The mirror of this machine. */
export const openMirror = (): Promise<Archive> => PrivateApt.open(join(cacheFolder(), 'apt'));

/** An archive that keeps what mirrors drop: `PXEN_SNAPSHOT`, a base URL as in sources.list(5); undefined where none is set. */
export async function openSnapshot(): Promise<Archive | undefined> {
  const url = process.env['PXEN_SNAPSHOT'];
  return url === undefined || url === '' ? undefined : PrivateApt.open(join(cacheFolder(), 'apt-snapshot'), url);
}

/** The same two, for source packages. */
export const openSources = (): Promise<SourceArchive> =>
  PrivateApt.open(join(cacheFolder(), 'apt-sources'), undefined, 'deb-src');

export async function openSourceSnapshot(): Promise<SourceArchive | undefined> {
  const url = process.env['PXEN_SNAPSHOT'];
  if (url === undefined || url === '') return undefined;
  return PrivateApt.open(join(cacheFolder(), 'apt-sources-snapshot'), url, 'deb-src');
}

export async function readLock(file = LOCK_FILE): Promise<Lock> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Failure(`${file} is missing`, 'Run `pxen image update` to make it.', 2);
  const lock = parseLock(text);
  if (lock === undefined) {
    throw new Failure(`${file} is damaged`, 'Restore it from git, or run `pxen image update` to make it anew.', 2);
  }
  return lock;
}

/** The lock that a text holds; undefined where it is none, or lists packages that it does not describe. */
export function parseLock(text: string): Lock | undefined {
  try {
    const lock = lockSchema.parse(JSON.parse(text));
    const listed = Object.values(lock.roots).flat();
    return listed.every((name) => lock.packages[name] !== undefined) ? lock : undefined;
  } catch {
    // Neither JSON nor of the lock's shape.
    return undefined;
  }
}

/** Resolves the recipe against today's archive; of `sources` it knows nothing. */
export async function resolveLock(apt: Archive): Promise<Lock> {
  const roots: Record<string, string[]> = {};
  const wanted = new Map<string, { name: string; version: string }>();
  for (const [root, names] of Object.entries(ROOTS)) {
    const base = root === 'hvm' ? (ROOTS['host'] ?? []) : [];
    const found = await apt.resolve([...base, ...names]);
    roots[root] = found.map((p) => p.name).sort();
    for (const p of found) wanted.set(p.name, p);
  }
  // The HVM layer lies over the host's root, so it holds only what that has not.
  roots['hvm'] = (roots['hvm'] ?? []).filter((name) => !roots['host']?.includes(name));
  return {
    schema: 'pxen.lock/1',
    suite: SUITE,
    roots,
    packages: await describe(apt, [...wanted.values()]),
    sources: {},
  };
}

export async function describe(apt: Archive, wanted: { name: string; version: string }[]): Promise<Lock['packages']> {
  const described = await apt.describe(wanted);
  const entries = described.map((paragraph): [string, LockedPackage] => {
    const get = (key: string): string => paragraph.get(key) ?? '';
    const [name, version, architecture] = [get('Package'), get('Version'), get('Architecture')];
    return [name, { name, version, architecture, sha256: get('SHA256'), size: Number(get('Size')) }];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Makes the lock anew and says what differs; writes it only when something does. */
export async function updateLock(file = LOCK_FILE): Promise<{ lock: Lock; difference: string[] }> {
  const resolved = await resolveLock(await openMirror());
  const before = await readLock(file).catch((): Lock => ({ ...resolved, packages: {} }));
  const lock = { ...resolved, sources: await sourcesFor(resolved, before) };
  const difference = lockDifference(before, lock);
  if (JSON.stringify(before) !== JSON.stringify(lock))
    await replaceFile(file, `${JSON.stringify(lock, undefined, 1)}\n`);
  return { lock, difference };
}

/** The source of the package that loaders come from, in the version of that package. */
async function sourcesFor(lock: Lock, before: Lock): Promise<Lock['sources']> {
  // A rebuild of the same source has `+b1` at its end.
  const version = lock.packages[LOADER_PACKAGE]?.version.replace(/\+b\d+$/, '') ?? '';
  if (before.sources[LOADER_PACKAGE]?.version === version) return before.sources;
  const found = await (await openSources()).source(LOADER_PACKAGE, version);
  return found === undefined ? {} : { [LOADER_PACKAGE]: found };
}

/** Whole or not at all. */
async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
