import { DecodeError } from '../../net/bytes.ts';
import { Unreadable, type Sha256 } from '../disk.ts';
import type { Found, Volume } from '../fat/volume.ts';
import type { Find } from './finding.ts';

/** The files of a drive by path, as FAT has it: upper and lower case are the same. */
export class Content {
  readonly files: readonly Found[];
  readonly #byPath: ReadonlyMap<string, Found>;
  readonly #volume: Volume;
  readonly #sha256: Sha256;
  readonly #tell: (path: string) => void;

  constructor(volume: Volume, files: readonly Found[], sha256: Sha256, tell: (path: string) => void) {
    this.files = files;
    this.#byPath = new Map(files.map((file) => [file.path.toLowerCase(), file]));
    this.#volume = volume;
    this.#sha256 = sha256;
    this.#tell = tell;
  }

  file(path: string): Found | undefined {
    const found = this.#byPath.get(path.toLowerCase());
    return found?.kind === 'file' ? found : undefined;
  }

  /** The whole of a small file; undefined, and told, where it is missing. Broken chains were told before. */
  async bytes(path: string, find: Find): Promise<Uint8Array | undefined> {
    const found = this.file(path);
    if (found === undefined) find(path, 'it is missing');
    return found === undefined ? undefined : attempt(path, find, () => this.#volume.bytes(found));
  }

  async sha256(path: string, find: Find): Promise<string | undefined> {
    const found = this.file(path);
    if (found === undefined) return undefined;
    this.#tell(path);
    return attempt(path, find, () => this.#sha256(this.#volume.stream(found)));
  }
}

/** Undefined where it cannot be done; a broken chain of clusters was told by the check of the file system. */
async function attempt<T>(path: string, find: Find, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    if (error instanceof Unreadable) find(path, error.message);
    return undefined;
  }
}
