import type { FileInfo } from './files.ts';

/** Bytes of files up to which they are held in memory, each and together. */
export interface HoldLimit {
  readonly each: number;
  readonly together: number;
}

/** A file in memory, which stays there until it is released. */
export interface Hold {
  readonly bytes: Promise<Uint8Array>;
  release(): void;
}

interface Held {
  readonly info: FileInfo;
  readonly bytes: Promise<Uint8Array>;
  users: number;
}

const isSame = (one: FileInfo, other: FileInfo): boolean => one.size === other.size && one.modified === other.modified;

/**
 * Files that are read once and shared by all who ask, whichever protocol they ask by. What nobody uses makes room for what is
 * asked for; what is in use stays, and counts, so that the limit holds whatever is asked.
 */
export class HeldFiles {
  readonly #limit: HoldLimit;
  /** By path; the longest unused first. */
  readonly #files = new Map<string, Held>();
  /** Bytes held, older versions that are still in use included. */
  #sum = 0;

  constructor(limit: HoldLimit) {
    this.#limit = limit;
  }

  /** The file, read by `read` where it is not held in this version; undefined where there is no room for it. */
  take(path: string, info: FileInfo, read: () => Promise<Uint8Array>): Hold | undefined {
    const before = this.#files.get(path);
    if (before !== undefined && isSame(before.info, info)) return this.#use(path, before);
    if (before !== undefined) this.#drop(path, before);
    if (!this.#makeRoom(info.size)) return undefined;
    const held: Held = { info, bytes: read(), users: 0 };
    this.#sum += info.size;
    // What could not be read must not be held.
    held.bytes.catch(() => this.#files.get(path) === held && this.#drop(path, held));
    return this.#use(path, held);
  }

  #use(path: string, held: Held): Hold {
    this.#files.delete(path);
    this.#files.set(path, held);
    held.users += 1;
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      held.users -= 1;
      if (held.users === 0 && this.#files.get(path) !== held) this.#sum -= held.info.size;
    };
    return { bytes: held.bytes, release };
  }

  #drop(path: string, held: Held): void {
    this.#files.delete(path);
    if (held.users === 0) this.#sum -= held.info.size;
  }

  #makeRoom(size: number): boolean {
    if (size > this.#limit.each) return false;
    for (const [path, held] of this.#files) {
      if (this.#sum + size <= this.#limit.together) break;
      if (held.users === 0) this.#drop(path, held);
    }
    return this.#sum + size <= this.#limit.together;
  }
}
