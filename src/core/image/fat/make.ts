import { DecodeError } from '../../net/bytes.ts';
import { putU32le } from './little.ts';
import {
  dataSector,
  FATS,
  labelEntry,
  RESERVED,
  reservedSectors,
  SECTOR,
  shapeOf,
  type NewVolume,
  type Shape,
} from './makeBoot.ts';
import { dotEntries, entriesOf, entryBytes, shortNames, whyNoName } from './makeEntries.ts';

/** A file that is to stand on a new volume: its path from the root, and its size in bytes. */
export interface NewFile {
  readonly path: string;
  readonly size: number;
}

/** Where a file lies, in bytes from the start of the volume; each lies in one piece. */
export interface Placed extends NewFile {
  readonly at: number;
}

/** A new file system. What neither `tables` nor `files` cover is zero. */
export interface Made {
  /** Boot sectors, FATs and folders. */
  readonly tables: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  readonly files: readonly Placed[];
  /** Bytes that are left for more files. */
  readonly free: number;
}

interface Folder {
  readonly path: string;
  readonly entries: { readonly name: string; readonly node: Node }[];
  cluster: number;
}
type Node = Folder | (NewFile & { cluster: number });

const isFolder = (node: Node): node is Folder => 'entries' in node;

/**
 * Lays out a FAT32 file system with these files, in this order. The same files give the same bytes. Throws DecodeError for
 * names that FAT does not know, or that differ only in their case, and where they do not fit.
 */
export function makeVolume(volume: NewVolume, files: readonly NewFile[]): Made {
  const shape = shapeOf(volume);
  const cluster = shape.perCluster * SECTOR;
  const { folders, leaves } = treeOf(files);
  const runs: Run[] = [];
  for (const folder of folders) folder.cluster = take(runs, Math.max(1, Math.ceil(sizeOf(folder) / cluster)));
  for (const leaf of leaves) leaf.cluster = leaf.size === 0 ? 0 : take(runs, Math.ceil(leaf.size / cluster));
  const used = (runs.at(-1)?.end ?? 2) - 2;
  if (used > shape.clusters) {
    throw new DecodeError(`its files need ${used * cluster} bytes, the volume holds ${shape.clusters * cluster}`);
  }
  const place = (first: number): number => dataSector(shape) * SECTOR + (first - 2) * cluster;
  const fat = fatOf(runs, shape);
  return {
    tables: [
      { at: 0, bytes: reservedSectors(volume, shape, used) },
      ...Array.from({ length: FATS }, (_, index) => ({
        at: (RESERVED + index * shape.fatSectors) * SECTOR,
        bytes: fat,
      })),
      ...folders.map((folder) => ({ at: place(folder.cluster), bytes: folderBytes(folder, folders) })),
    ],
    files: leaves.map(({ path, size, cluster: first }) => ({ path, size, at: first === 0 ? 0 : place(first) })),
    free: (shape.clusters - used) * cluster,
  };
}

function treeOf(files: readonly NewFile[]): { folders: Folder[]; leaves: (NewFile & { cluster: number })[] } {
  const root: Folder = { path: '', entries: [], cluster: 2 };
  const folders = new Map([['', root]]);
  const seen = new Set<string>();
  const put = (parent: Folder, name: string, path: string, node: Node): void => {
    const why =
      whyNoName(name) ?? (seen.has(path.toLowerCase()) ? 'another one differs from it only in its case' : undefined);
    if (why !== undefined) throw new DecodeError(`${path}: ${why}`);
    seen.add(path.toLowerCase());
    parent.entries.push({ name, node });
  };
  const folderAt = (path: string): Folder => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const made: Folder = { path, entries: [], cluster: 0 };
    folders.set(path, made);
    put(folderAt(parentOf(path)), nameOf(path), path, made);
    return made;
  };
  const leaves = files.map(({ path, size }) => {
    const leaf = { path, size, cluster: 0 };
    put(folderAt(parentOf(path)), nameOf(path), path, leaf);
    return leaf;
  });
  return { folders: [...folders.values()], leaves };
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Neighbouring clusters, up to and without `end`. */
interface Run {
  readonly first: number;
  readonly end: number;
}

function take(runs: Run[], count: number): number {
  const first = runs.at(-1)?.end ?? 2;
  runs.push({ first, end: first + count });
  return first;
}

/** Each run is a chain of its own; the first two entries are marks of the FAT itself. */
function fatOf(runs: readonly Run[], { fatSectors }: Shape): Uint8Array {
  const fat = new Uint8Array(fatSectors * SECTOR);
  putU32le(fat, 0, 0x0fff_fff8);
  putU32le(fat, 4, 0x0fff_ffff);
  for (const { first, end } of runs) {
    for (let cluster = first; cluster < end; cluster += 1) {
      putU32le(fat, cluster * 4, cluster + 1 === end ? 0x0fff_ffff : cluster + 1);
    }
  }
  return fat;
}

/** Bytes of a folder's entries: its label for the root, `.` and `..` for all others, and one that ends it. */
const sizeOf = ({ path, entries }: Folder): number =>
  32 * ((path === '' ? 1 : 2) + entries.reduce((sum, { name }) => sum + entriesOf(name), 0) + 1);

function folderBytes(folder: Folder, folders: readonly Folder[]): Uint8Array {
  const bytes = new Uint8Array(sizeOf(folder));
  const parent = folders.find(({ path }) => path === parentOf(folder.path));
  // The root counts as 0 here, wherever it lies.
  const up = parent === undefined || parent.path === '' ? 0 : parent.cluster;
  const head = folder.path === '' ? labelEntry() : dotEntries(folder.cluster, up);
  bytes.set(head);
  const short = shortNames(folder.entries.map(({ name }) => name));
  let at = head.length;
  for (const { name, node } of folder.entries) {
    const kind = isFolder(node) ? 'folder' : 'file';
    const size = isFolder(node) ? 0 : node.size;
    const entry = entryBytes({ name, kind, size, cluster: node.cluster }, short.get(name) ?? '');
    bytes.set(entry, at);
    at += entry.length;
  }
  return bytes;
}
