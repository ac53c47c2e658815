import { open, mkdir, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from './fail.ts';
import { errnoName, libc } from './systemCalls.ts';

/** A file that only grows, until it is written anew. What `append` and `replace` have resolved is on the disk. */
export interface Journal {
  /** All of it; empty where there is none yet. */
  read(): Promise<string>;
  append(text: string): Promise<void>;
  replace(text: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a journal of this machine. Fails before it touches the file where another process has it open: two servers that
 * give addresses from one book would each undo what the other wrote. The lock ends with the process, however it ends.
 */
export async function openJournal(path: string): Promise<Journal> {
  return new FileJournal(path, await locked(`${path}.lock`, path));
}

const LOCK_EX_NB = 2 | 4;

async function locked(path: string, journal: string): Promise<FileHandle> {
  const file = await opened(path, journal);
  if (libc().flock(file.fd, LOCK_EX_NB) === 0) {
    await file.truncate(0);
    await file.write(`${process.pid}\n`);
    return file;
  }
  const reason = errnoName();
  const pid = (await readFile(path, 'utf8')).trim();
  await file.close();
  if (reason !== 'EAGAIN')
    throw new Failure(`the lease journal ${journal} cannot be locked: ${reason}`, 'Name another with --journal.');
  const who = /^\d+$/.test(pid) ? `process ${pid}` : 'another process';
  throw new Failure(
    `the lease journal ${journal} is in use by ${who}`,
    'One boot server is running already: end it, or give this one a file of its own with --journal.',
  );
}

async function opened(path: string, journal: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await open(path, 'a+');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const remedy = 'Name a file with --journal in a folder that this user may write to.';
    throw new Failure(`the lease journal ${journal} cannot be opened: ${code ?? message}`, remedy, 1, error);
  }
}

class FileJournal implements Journal {
  readonly #path: string;
  readonly #lock: FileHandle;
  #file: FileHandle | undefined;

  constructor(path: string, lock: FileHandle) {
    this.#path = path;
    this.#lock = lock;
  }

  read(): Promise<string> {
    return readFile(this.#path, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    });
  }

  async append(text: string): Promise<void> {
    this.#file ??= await open(this.#path, 'a');
    await this.#file.appendFile(text);
    await this.#file.datasync();
  }

  /** The new file is whole on the disk before it takes the old one's name. */
  async replace(text: string): Promise<void> {
    await this.#closeFile();
    const file = await open(`${this.#path}.new`, 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${this.#path}.new`, this.#path);
    await syncFolder(dirname(this.#path));
  }

  async close(): Promise<void> {
    await this.#closeFile();
    await this.#lock.close();
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

/** Some file systems cannot sync a folder; on those a name is on the disk when the file is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().catch(() => undefined);
  await folder.close();
}
