import type { Files } from '../files.ts';
import type { Journal } from '../journal.ts';

/** Files in memory. Those of `broken` are there and cannot be read. */
export function fakeFiles(held: ReadonlyMap<string, Uint8Array>, broken: ReadonlySet<string> = new Set()): Files {
  const read = (path: string): Uint8Array => {
    const bytes = held.get(path);
    if (bytes === undefined || broken.has(path)) throw new Error(`${path}: input/output error`);
    return bytes;
  };
  return {
    info: async (path) => {
      const bytes = held.get(path);
      return bytes === undefined ? undefined : { size: bytes.length, modified: 0 };
    },
    bytes: async (path) => read(path),
    open: async (path) => {
      if (!held.has(path)) return undefined;
      const bytes = read(path);
      const close = async (): Promise<void> => undefined;
      return {
        info: { size: bytes.length, modified: 0 },
        held: bytes,
        read: (from, to) => bytes.subarray(from, to),
        close,
      };
    },
    async *stream(path, from, to) {
      yield read(path).subarray(from, to);
    },
    list: async (folder) => {
      const start = folder === '.' ? '' : `${folder}/`;
      const below = [...held.keys()].filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
      const names = new Set(below.map((path) => path.replace(/\/.*/, '/')));
      return names.size === 0 ? undefined : [...names].sort();
    },
  };
}

/** A journal in memory; `text` is what it holds. */
export class FakeJournal implements Journal {
  text: string;
  isOpen = true;

  constructor(text = '') {
    this.text = text;
  }

  async read(): Promise<string> {
    return this.text;
  }

  async append(text: string): Promise<void> {
    this.text += text;
  }

  async replace(text: string): Promise<void> {
    this.text = text;
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }
}

/** A journal on a file system that is full. */
export const brokenJournal: Journal = {
  read: async () => '',
  append: async () => Promise.reject(new Error('no space left on device')),
  replace: async () => Promise.reject(new Error('no space left on device')),
  close: async () => undefined,
};
