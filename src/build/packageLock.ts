import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closureOf, type Needs } from '../core/image/dependencies.ts';
import { packagesOf, type Lock, type LockedPackage } from '../core/image/lock.ts';
import { SUITE } from '../core/image/recipe/packages.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import { run } from '../shell/run.ts';
import type { Tell } from './cache.ts';
import { debFile, fetchDebs } from './debs.ts';
import { describe, openMirror } from './lock.ts';
import { fields, type Archive } from './packages.ts';
import { cacheFolder } from './paths.ts';

/**
 * The lock of further packages: each that is wanted is a root of its own, with all that it needs, what the hosts' root has included
 * (of some of that the root has a part only). `host`: the lock of the release. `kept`: the lock that a drive has already; it
 * stays in force where it covers what is wanted and was made over the same root.
 */
export async function packageLock(
  wanted: readonly string[],
  host: Lock,
  kept: Lock | undefined,
  tell: Tell,
  open: () => Promise<Archive> = openMirror,
): Promise<Lock> {
  if (kept !== undefined && covers(kept, wanted, host)) return kept;
  tell(`resolving ${wanted.join(', ')}`);
  await fetchDebs(packagesOf(host, 'host'), tell);
  await mkdir(cacheFolder(), { recursive: true });
  const folder = await mkdtemp(join(cacheFolder(), 'fetch-'));
  try {
    return await resolved(wanted, host, await open(), folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function covers(kept: Lock, wanted: readonly string[], host: Lock): boolean {
  const isSame = ({ name, sha256 }: LockedPackage): boolean =>
    !(host.roots['host'] ?? []).includes(name) || host.packages[name]?.sha256 === sha256;
  return wanted.every((name) => kept.roots[name] !== undefined) && Object.values(kept.packages).every(isSame);
}

async function resolved(wanted: readonly string[], host: Lock, apt: Archive, folder: string): Promise<Lock> {
  const paragraphs = await installed(host);
  const status = join(folder, 'status');
  const lines = [...paragraphs.values()].map(({ text }) => `${text}\nStatus: install ok installed\n`);
  await writeFile(status, lines.join('\n'));
  const added = await apt.resolveOver(status, wanted).catch((error: unknown) => {
    const why = /^E: (.*)$/m.exec(sentenceOf(error))?.[1] ?? sentenceOf(error);
    throw new Failure(`${wanted.join(', ')} cannot be had: ${why}`, 'Correct `packages:` in cluster.yaml.', 2, error);
  });
  const described = added.length === 0 ? [] : await apt.describe(added);
  const known = new Map<string, Needs>([...paragraphs].map(([name, { fields: of }]) => [name, needsOf(of)]));
  for (const paragraph of described) known.set(paragraph.get('Package') ?? '', needsOf(paragraph));
  const packages = { ...host.packages, ...(added.length === 0 ? {} : await describe(apt, added)) };
  const roots = Object.fromEntries(wanted.map((name) => [name, closureOf(name, known)]));
  const used = new Set(Object.values(roots).flat());
  const pinned = Object.entries(packages).filter(([name]) => used.has(name));
  return { schema: 'pxen.lock/1', suite: SUITE, roots, packages: Object.fromEntries(pinned), sources: {} };
}

/** The packages of the hosts' root as dpkg would know them. */
async function installed(host: Lock): Promise<Map<string, { text: string; fields: Map<string, string> }>> {
  const found = new Map<string, { text: string; fields: Map<string, string> }>();
  for (const locked of packagesOf(host, 'host')) {
    const text = (await run(['dpkg-deb', '--field', debFile(locked)])).stdout.trimEnd();
    found.set(locked.name, { text, fields: fields(text) });
  }
  return found;
}

const needsOf = (paragraph: ReadonlyMap<string, string>): Needs => ({
  depends: paragraph.get('Depends') ?? '',
  preDepends: paragraph.get('Pre-Depends') ?? '',
  provides: paragraph.get('Provides') ?? '',
});
