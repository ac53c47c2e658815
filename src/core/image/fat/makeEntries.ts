import { DecodeError } from '../../net/bytes.ts';
import { utf8 } from '../../net/text.ts';
import { checksum, ENTRY, FOLDER, LONG, PLACES } from './directory.ts';
import { putU16le, putU32le } from './little.ts';

/** An entry to be made: `cluster` is 0 for an empty file, `size` 0 for a folder. */
interface NewEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
  readonly size: number;
  readonly cluster: number;
}

/** 1 January 2026, 00:00, of everything: the same content gives the same bytes. */
const DATE = ((2026 - 1980) << 9) | (1 << 5) | 1;
const LONGEST = 255;
/** Characters of a name in one piece of a long name. */
const PIECE = PLACES.length;
const SHORT = /^[A-Z0-9_~-]{1,8}(\.[A-Z0-9_~-]{1,3})?$/;

/** Why a name cannot stand in a folder of FAT (FAT specification, chapter 7); undefined where it can. */
export function whyNoName(name: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- control characters are what must not be there
  if (/[\u0000-\u001F"*/:<>?\\|]/.test(name)) return 'its name has a character that FAT does not know';
  if (/^\.{0,2}$|[. ]$/.test(name)) return 'its name ends with a dot or a space';
  return name.length > LONGEST ? `its name is longer than ${LONGEST} characters` : undefined;
}

/** Number of entries that a name takes: its short name, and before it the pieces of its long one. */
export const entriesOf = (name: string): number => 1 + (SHORT.test(name) ? 0 : Math.ceil(name.length / PIECE));

/** The short names of the entries of one folder, 11 characters each, no two alike. */
export function shortNames(names: readonly string[]): ReadonlyMap<string, string> {
  const short = new Map(names.filter((name) => SHORT.test(name)).map((name) => [name, padded(name)]));
  const taken = new Set(short.values());
  for (const name of names) {
    if (short.has(name)) continue;
    const one = numbered(name, taken);
    taken.add(one);
    short.set(name, one);
  }
  return short;
}

function padded(name: string): string {
  const [base = '', extension = ''] = name.split('.');
  return base.padEnd(8) + extension.padEnd(3);
}

/** `CLUSTE~1YAM` for `cluster.yaml`: what is left of the name, and a number that makes it unique. */
function numbered(name: string, taken: ReadonlySet<string>): string {
  const dot = name.lastIndexOf('.');
  const clean = (part: string): string => part.toUpperCase().replaceAll(/[^A-Z0-9_-]/g, '');
  const base = clean(dot > 0 ? name.slice(0, dot) : name) || '_';
  const extension = dot > 0 ? clean(name.slice(dot + 1)).slice(0, 3) : '';
  for (let number = 1; ; number += 1) {
    const tail = `~${number}`;
    const one = `${base.slice(0, 8 - tail.length)}${tail}`.padEnd(8) + extension.padEnd(3);
    if (!taken.has(one)) return one;
  }
}

/** The bytes of an entry with its long name before it. */
export function entryBytes(entry: NewEntry, short: string): Uint8Array {
  const last = plainEntry(entry, short);
  const pieces = SHORT.test(entry.name) ? [] : longPieces(entry.name, checksum(last));
  const bytes = new Uint8Array((pieces.length + 1) * ENTRY);
  for (const [index, piece] of [...pieces, last].entries()) bytes.set(piece, index * ENTRY);
  return bytes;
}

/** `.` and `..`, with which every folder but the root begins. */
export function dotEntries(own: number, parent: number): Uint8Array {
  const bytes = new Uint8Array(2 * ENTRY);
  bytes.set(plainEntry({ name: '.', kind: 'folder', size: 0, cluster: own }, '.'.padEnd(11)));
  bytes.set(plainEntry({ name: '..', kind: 'folder', size: 0, cluster: parent }, '..'.padEnd(11)), ENTRY);
  return bytes;
}

function plainEntry({ kind, size, cluster }: NewEntry, short: string): Uint8Array {
  if (size >= 2 ** 32) throw new DecodeError('FAT has no files of 4 GiB');
  const bytes = new Uint8Array(ENTRY);
  bytes.set(utf8(short));
  // A file is marked as changed since it was kept elsewhere, as every new one is.
  bytes[11] = kind === 'folder' ? FOLDER : 0x20;
  for (const at of [16, 18, 24]) putU16le(bytes, at, DATE);
  putU16le(bytes, 20, Math.floor(cluster / 0x1_0000));
  putU16le(bytes, 26, cluster % 0x1_0000);
  putU32le(bytes, 28, size);
  return bytes;
}

/** The last piece stands first, and carries a mark; behind the name's end one zero, then 0xFFFF. */
function longPieces(name: string, sum: number): Uint8Array[] {
  const count = Math.ceil(name.length / PIECE);
  const piece = (index: number): Uint8Array => {
    const bytes = new Uint8Array(ENTRY);
    bytes[0] = index + 1 + (index === count - 1 ? 0x40 : 0);
    bytes[11] = LONG;
    bytes[13] = sum;
    for (const [nth, place] of PLACES.entries()) {
      const at = index * PIECE + nth;
      putU16le(bytes, place, at < name.length ? name.charCodeAt(at) : at === name.length ? 0 : 0xffff);
    }
    return bytes;
  };
  return Array.from({ length: count }, (_, index) => piece(count - 1 - index));
}
