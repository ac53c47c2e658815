import { DecodeError } from '../../net/bytes.ts';
import type { Disk } from '../disk.ts';
import { BOOT_SECTOR, readBootSector, type Geometry } from './bootSector.ts';
import { chain, length, type Run } from './chain.ts';
import { readDirectory, type Entry } from './directory.ts';

/** Bytes read at once. */
const PIECE = 2 ** 20;
/** Folders deeper than this stand in a circle. */
const DEEPEST = 32;

/** A file or folder of a volume with its path from the root, without a leading `/`. */
export interface Found extends Entry {
  readonly path: string;
}

/** A FAT32 file system, for reading only. */
export class Volume {
  readonly geometry: Geometry;
  readonly #disk: Disk;
  readonly #start: number;
  readonly #fat: Uint8Array;

  private constructor(disk: Disk, start: number, geometry: Geometry, fat: Uint8Array) {
    this.#disk = disk;
    this.#start = start;
    this.geometry = geometry;
    this.#fat = fat;
  }

  /** Opens the file system that begins at `start` of the disk, by the geometry given or by its boot sector. */
  static async open(disk: Disk, start: number, geometry?: Geometry): Promise<Volume> {
    const known = geometry ?? readBootSector(await disk.read(start, BOOT_SECTOR));
    return new Volume(disk, start, known, await disk.read(start + (known.fats[0] ?? 0), known.fatBytes));
  }

  /** Everything below a folder; `broken` is told of folders that cannot be read. */
  async tree(broken: (path: string, why: string) => void): Promise<Found[]> {
    return this.#below('', this.geometry.root, 0, broken);
  }

  /** The clusters of a file; throws DecodeError where they are fewer or more than its size needs. */
  runs(entry: Entry): Run[] {
    const runs = entry.cluster === 0 ? [] : chain(this.#fat, this.geometry.clusters, entry.cluster);
    const needed = Math.ceil(entry.size / this.geometry.cluster);
    const [has, wants] = [length(runs), needed];
    if (entry.kind === 'file' && has !== wants)
      throw new DecodeError(`it has ${has} clusters where its size needs ${wants}`);
    return runs;
  }

  /** Where the bytes of a file lie on the disk, in order: offset and length of each stretch. */
  places(entry: Entry): { readonly at: number; readonly bytes: number }[] {
    let left = entry.size;
    return this.runs(entry).map(({ first, count }) => {
      const bytes = Math.min(left, count * this.geometry.cluster);
      left -= bytes;
      return { at: this.#place(first), bytes };
    });
  }

  /** The bytes of a file, piece by piece. */
  async *stream(entry: Entry): AsyncGenerator<Uint8Array> {
    let left = entry.kind === 'file' ? entry.size : Infinity;
    for (const run of this.runs(entry)) {
      const end = this.#place(run.first + run.count);
      for (let at = this.#place(run.first); at < end && left > 0; at += PIECE) {
        const bytes = await this.#disk.read(at, Math.min(PIECE, end - at, left));
        left -= bytes.length;
        yield bytes;
      }
    }
  }

  /** The whole of a small file. */
  async bytes(entry: Entry): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const part of this.stream(entry)) pieces.push(part);
    const whole = new Uint8Array(pieces.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of pieces) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #place(cluster: number): number {
    return this.#start + this.geometry.data + (cluster - 2) * this.geometry.cluster;
  }

  async #below(
    folder: string,
    cluster: number,
    depth: number,
    broken: (path: string, why: string) => void,
  ): Promise<Found[]> {
    const found: Found[] = [];
    for (const entry of await this.#entries(folder, cluster, broken)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      found.push({ ...entry, path });
      if (entry.kind === 'file') continue;
      if (depth >= DEEPEST) broken(path, 'its folders stand in a circle');
      else found.push(...(await this.#below(path, entry.cluster, depth + 1, broken)));
    }
    return found;
  }

  async #entries(path: string, cluster: number, broken: (path: string, why: string) => void): Promise<Entry[]> {
    try {
      return readDirectory(await this.bytes({ name: path, kind: 'folder', size: 0, cluster }));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      broken(path, error.message);
      return [];
    }
  }
}
