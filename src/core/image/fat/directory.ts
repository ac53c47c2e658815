import { u16le, u32le } from './little.ts';

/** An entry of a folder. */
export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
  /** Bytes of a file; 0 for a folder. */
  readonly size: number;
  /** 0 for a file without content. */
  readonly cluster: number;
}

/** Bytes of an entry. */
export const ENTRY = 32;
const FREE = 0xe5;
const LABEL = 0x08;
/** Attributes: of a folder, and of a piece of a long name. */
export const [FOLDER, LONG] = [0x10, 0x0f];
/** Where the thirteen characters (UTF-16) of one piece of a long name stand. */
export const PLACES = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

/** The entries of a folder, without `.`, `..`, the label and what was deleted. Long names as in the FAT specification, chapter 7. */
export function readDirectory(bytes: Uint8Array): Entry[] {
  const entries: Entry[] = [];
  let long: LongName | undefined;
  for (let at = 0; at + ENTRY <= bytes.length && bytes[at] !== 0; at += ENTRY) {
    const raw = bytes.subarray(at, at + ENTRY);
    const attributes = raw[11] ?? 0;
    if (raw[0] === FREE) long = undefined;
    else if ((attributes & LONG) === LONG) long = piece(long, raw);
    else {
      const name = long?.checksum === checksum(raw) ? long.text : shortName(raw);
      long = undefined;
      if ((attributes & LABEL) === 0 && name !== '.' && name !== '..') entries.push(entry(raw, name, attributes));
    }
  }
  return entries;
}

interface LongName {
  readonly text: string;
  readonly checksum: number;
}

function entry(raw: Uint8Array, name: string, attributes: number): Entry {
  const cluster = u16le(raw, 20) * 0x1_0000 + u16le(raw, 26);
  const isFolder = (attributes & FOLDER) !== 0;
  return { name, kind: isFolder ? 'folder' : 'file', size: isFolder ? 0 : u32le(raw, 28), cluster };
}

/** Pieces stand last first, so each goes before what was read. */
function piece(before: LongName | undefined, raw: Uint8Array): LongName {
  const codes = PLACES.map((place) => u16le(raw, place));
  const end = codes.indexOf(0);
  const text = String.fromCharCode(...(end < 0 ? codes : codes.slice(0, end)));
  const isLast = ((raw[0] ?? 0) & 0x40) !== 0;
  return { text: isLast ? text : text + (before?.text ?? ''), checksum: raw[13] ?? 0 };
}

/** Ties a long name to the short one behind it. */
export function checksum(raw: Uint8Array): number {
  return raw.subarray(0, 11).reduce((sum, byte) => (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff, 0);
}

/** `README.TXT`; the bits 3 and 4 of byte 12 say that base and extension are shown in lower case (as Windows NT has it). */
function shortName(raw: Uint8Array): string {
  const part = (from: number, to: number, lower: boolean): string => {
    const text = String.fromCharCode(...raw.subarray(from, to)).trimEnd();
    return lower ? text.toLowerCase() : text;
  };
  const flags = raw[12] ?? 0;
  const [base, extension] = [part(0, 8, (flags & 8) !== 0), part(8, 11, (flags & 16) !== 0)];
  return extension === '' ? base : `${base}.${extension}`;
}
