import { link, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LockedSource } from '../core/image/lock.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import type { Tell } from './cache.ts';
import { openSources, openSourceSnapshot } from './lock.ts';
import type { SourceArchive } from './packages.ts';
import { cacheFolder } from './paths.ts';
import { fileHash } from './record.ts';

/** Where sources come from that are not in the cache, in the order in which they are asked. */
export type SourceArchives = readonly (() => Promise<SourceArchive | undefined>)[];

const cached = (sha256: string): string => join(cacheFolder(), 'sources', sha256);

/** Puts the files of a source package into `folder`, each proved by its hash in the lock: from the cache, else from an archive. */
export async function fetchSource(
  source: LockedSource,
  folder: string,
  tell: Tell,
  archives: SourceArchives = [openSources, openSourceSnapshot],
): Promise<void> {
  const whys: string[] = [];
  for (const open of archives) {
    if ((await lacking(source)).length === 0) break;
    const archive = await open().catch((error: unknown) => void whys.push(reasonOf(error)));
    if (archive === undefined) continue;
    tell(`fetching the source of ${source.name}`);
    const why = await fetchFrom(source, archive);
    if (why !== undefined) whys.push(why);
  }
  const missing = await lacking(source);
  if (missing.length > 0) throw notToBeHad(source, missing, whys);
  await mkdir(folder, { recursive: true });
  for (const { name, sha256 } of source.files) await link(cached(sha256), join(folder, name));
}

/** Keeps what came; files of other bytes than the lock asks for are left out. Gives what the archive complained of. */
async function fetchFrom(source: LockedSource, archive: SourceArchive): Promise<string | undefined> {
  await mkdir(join(cacheFolder(), 'sources'), { recursive: true });
  const folder = await mkdtemp(join(cacheFolder(), 'fetch-'));
  try {
    const why = await archive.downloadSource(source, folder).then(() => undefined, reasonOf);
    for (const { name, sha256 } of source.files) {
      const path = join(folder, name);
      const found = await fileHash(path).catch(() => undefined);
      if (found === sha256) await rename(path, cached(sha256));
    }
    return why;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function lacking({ files }: LockedSource): Promise<string[]> {
  const found = await Promise.all(files.map(({ sha256 }) => stat(cached(sha256)).catch(() => undefined)));
  return files.flatMap(({ name }, at) => (found[at] === undefined ? name : []));
}

/** apt(8) says what is wrong in its first line that begins with `E: `. */
function reasonOf(error: unknown): string {
  const said = sentenceOf(error);
  return /^(?:.*: )?E: (.*)$/m.exec(said)?.[1] ?? said;
}

function notToBeHad(source: LockedSource, missing: readonly string[], whys: readonly string[]): Failure {
  const why = whys.length === 0 ? 'no archive gave the bytes that the lock asks for' : whys.join('; ');
  return new Failure(
    `the source of ${source.name} ${source.version} cannot be had (${missing.join(', ')}): ${why}`,
    'Check the network and the mirror in /etc/apt, or set PXEN_SNAPSHOT to an archive that keeps sources, or name an unpacked source: --source FOLDER.',
  );
}
