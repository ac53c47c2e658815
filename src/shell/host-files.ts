import { createReadStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createHash } from './builtin.ts';

/** The files of a host as an argument, so that a test can bring its own. Absence is a value, all else throws. */
export interface HostFiles {
  /** The text of a file; undefined where it is absent or cannot be read (many files of sysfs answer EINVAL). */
  read(file: string): Promise<string | undefined>;
  /** The last `bytes` bytes of a file as text; undefined where it is absent. */
  tail(file: string, bytes: number): Promise<string | undefined>;
  /** Names in a folder, sorted; none where it is absent. */
  list(folder: string): Promise<readonly string[]>;
  /** What a symbolic link points to; undefined where it is absent. */
  link(file: string): Promise<string | undefined>;
  exists(file: string): Promise<boolean>;
  /** Writes a whole file, making its folder; what was there before is replaced at once. `mode`: its rights, 0644 where absent. */
  write(file: string, text: string, mode?: number): Promise<void>;
  /** Writes to a file of the kernel or a device, which can be neither replaced nor cut. */
  poke(file: string, text: string): Promise<void>;
  /** SHA-256 in hex; undefined where the file is absent. */
  sha256(file: string): Promise<string | undefined>;
}

const absent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (absent(error)) return undefined;
    throw error;
  }
}

export const realHostFiles: HostFiles = {
  read: (file) => fs.readFile(file, 'utf8').catch(() => undefined),
  tail: (file, bytes) => orAbsent(tailOf(file, bytes)),
  list: async (folder) => ((await orAbsent(fs.readdir(folder))) ?? []).sort(),
  link: (file) => fs.readlink(file).catch(() => undefined),
  exists: async (file) => (await orAbsent(fs.stat(file))) !== undefined,
  write: replace,
  poke: async (file, text) => {
    // Whoever holds a login's output (Ctrl-S) must not hold the writer.
    const patience = file.startsWith('/dev/pts/') ? fs.constants.O_NONBLOCK : 0;
    const handle = await fs.open(file, fs.constants.O_WRONLY | fs.constants.O_NOCTTY | patience);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
  },
  sha256: (file) => orAbsent(hashOf(file)),
};

async function tailOf(file: string, bytes: number): Promise<string> {
  const handle = await fs.open(file);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(bytes, size));
    await handle.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}

async function replace(file: string, text: string, mode = 0o644): Promise<void> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  // What an earlier write left there has rights of its own.
  await fs.rm(`${file}.new`, { force: true });
  await fs.writeFile(`${file}.new`, text, { mode });
  await fs.rename(`${file}.new`, file);
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
