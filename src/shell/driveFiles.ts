import { mkdir, open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { wasCut } from '../core/image/fat/bootSector.ts';
import { Failure, sentenceOf } from './fail.ts';
import { isThere } from './isThere.ts';
import type { Run } from './run.ts';
import { bootSectorOf, forget, withVolume } from './volume.ts';

/** Lets all that was written come to rest on the medium before what is written next. */
export type Settle = () => Promise<void>;

/** The files of a drive that a person edits. Every call throws a Failure where the drive is away. */
export interface DriveFiles {
  /** Names in the root. */
  names(): Promise<readonly string[]>;
  /** Undefined where there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Changes when something was written to it, or another drive is in its place; undefined while it is away. Asks Linux only. */
  mark(): Promise<string | undefined>;
  /** It was being written when its power went, or was pulled without being ejected; nobody has mended it since. */
  wasCut(): Promise<boolean>;
  /** Lets `work` write into the folder that it is given. Resolved, all of it is on the medium. */
  writing(work: (folder: string, settle: Settle) => Promise<void>): Promise<void>;
}

/** Where the drive of a host is mounted while it is written. */
const MOUNT = '/run/pxen/mnt';
const OPTIONS = 'rw,noatime,nodev,nosuid,noexec,codepage=437,iocharset=ascii';

/**
 * The partition of a drive. It is read without mounting it, and mounted only while it is written (docs/rules.md, rule 5). What a power
 * cut left is mended before: Linux would stop at a chain of clusters that is torn.
 */
export function deviceFiles(device: string, run: Run): DriveFiles {
  const here = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!(await isThere(device))) {
      throw new Failure('the drive is pulled, and a wish can only be changed on it', 'Put it back, then try again.');
    }
    await forget(device, run);
    return work();
  };
  const isSuspect = async (): Promise<boolean> => wasCut(await bootSectorOf(device));
  return {
    names: () => here(() => withVolume(device, (volume) => rootNames(volume.tree(() => undefined)))),
    read: (path) =>
      here(() =>
        withVolume(device, (volume, find) => {
          const found = find(path);
          return found?.kind === 'file' ? volume.bytes(found) : undefined;
        }),
      ),
    mark: () => writesOf(device).catch(() => undefined),
    wasCut: () => here(isSuspect),
    writing: (work) =>
      here(async () => {
        if (await isSuspect()) await run(['fsck.fat', '-a', device], { accept: [0, 1] });
        await mkdir(MOUNT, { recursive: true });
        await run(['mount', '-t', 'vfat', '-o', OPTIONS, device, MOUNT]);
        const settle = (): Promise<void> => settled(MOUNT, run);
        try {
          // The mark that it is being written comes before what is written.
          await settle();
          await work(MOUNT, settle);
          await settle();
        } finally {
          await run(['umount', MOUNT]);
        }
      }),
  };
}

/**
 * The device that a link leads to, the number of its disk, which no other one gets, and how many sectors were written to it
 * (Documentation/ABI/stable/sysfs-block: diskseq; stat, the seventh field).
 */
async function writesOf(device: string): Promise<string> {
  const name = basename(await realpath(device));
  const of = `/sys/class/block/${name}`;
  // A partition's folder stands in that of its disk.
  const [stat, number] = await Promise.all([
    readFile(`${of}/stat`, 'utf8'),
    readFile(`${of}/../diskseq`, 'utf8').catch(() => ''),
  ]);
  return `${name} ${number.trim()} ${stat.trim().split(/ +/)[6]}`;
}

const rootNames = async (tree: Promise<readonly { readonly path: string }[]>): Promise<string[]> =>
  (await tree).map(({ path }) => path).filter((path) => !path.includes('/'));

/** syncfs(2) writes all of it; fsync(2) has the device empty its own memory as well. */
async function settled(folder: string, run: Run): Promise<void> {
  await run(['sync', '-f', folder]);
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A folder laid out like a drive, on a file system that mends itself. */
export const folderFiles = (folder: string): DriveFiles => ({
  names: () => readdir(folder),
  read: (path) =>
    readFile(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new Failure(`${path} cannot be read: ${sentenceOf(error)}`, 'Look at the folder.', 1, error);
    }),
  mark: async () => {
    const names = await readdir(folder);
    const files = names.filter((name) => /^(cluster|secrets)\./i.test(name));
    const marks = files.map(async (name) => `${name} ${(await stat(join(folder, name))).mtimeMs}`);
    return (await Promise.all(marks)).join();
  },
  wasCut: async () => false,
  writing: (work) => work(folder, async () => undefined),
});
