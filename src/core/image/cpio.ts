import { ByteReader, ByteWriter, DecodeError } from '../net/bytes.ts';
import { cString, utf8 } from '../net/text.ts';

/**
 * Archives in the "newc" form that Linux unpacks as initramfs (Documentation/driver-api/early-userspace/buffer-format).
 * The same entries give the same bytes: owners are root, times are zero, inodes count from 1.
 */
export type CpioEntry =
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly bytes: Uint8Array }
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string }
  /** A character device, as `/dev/console` is one. */
  | {
      readonly kind: 'device';
      readonly path: string;
      readonly mode: number;
      readonly major: number;
      readonly minor: number;
    };

const TYPE = { file: 0o100000, directory: 0o040000, symlink: 0o120000, device: 0o020000 } as const;
const TYPE_BITS = 0o170000;
const MAGIC = '070701';
const TRAILER = 'TRAILER!!!';

/** Writes an archive. Its length is a multiple of four, so that another may follow it. Directories are not implied. */
export function writeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const writer = new ByteWriter();
  entries.forEach((entry, index) => writeEntry(writer, entry, index + 1));
  writeRecord(writer, { path: TRAILER, inode: 0, mode: 0, links: 1, major: 0, minor: 0 }, new Uint8Array());
  return writer.bytes();
}

interface Head {
  readonly path: string;
  readonly inode: number;
  readonly mode: number;
  readonly links: number;
  readonly major: number;
  readonly minor: number;
}

function writeEntry(writer: ByteWriter, entry: CpioEntry, inode: number): void {
  const path = entry.path.replace(/^\/+/, '');
  const mode = TYPE[entry.kind] | (entry.kind === 'symlink' ? 0o777 : entry.mode);
  const [major, minor] = entry.kind === 'device' ? [entry.major, entry.minor] : [0, 0];
  const links = entry.kind === 'directory' ? 2 : 1;
  writeRecord(writer, { path, inode, mode, links, major, minor }, dataOf(entry));
}

function dataOf(entry: CpioEntry): Uint8Array {
  if (entry.kind === 'file') return entry.bytes;
  return entry.kind === 'symlink' ? utf8(entry.target) : new Uint8Array();
}

function writeRecord(writer: ByteWriter, head: Head, data: Uint8Array): void {
  const name = utf8(`${head.path}\0`);
  const fields = [
    head.inode,
    head.mode,
    0,
    0,
    head.links,
    0,
    data.length,
    0,
    0,
    head.major,
    head.minor,
    name.length,
    0,
  ];
  const digits = fields.map((field) => field.toString(16).padStart(8, '0')).join('');
  writer.put(utf8(MAGIC + digits)).put(name);
  align(writer);
  writer.put(data);
  align(writer);
}

const align = (writer: ByteWriter): ByteWriter => writer.padTo(Math.ceil(writer.length / 4) * 4);

/** Reads the entries of one archive or of several behind each other, as Linux does; throws DecodeError where it is broken. */
export function readCpio(bytes: Uint8Array): CpioEntry[] {
  const reader = new ByteReader(bytes);
  const entries: CpioEntry[] = [];
  while (reader.left > 0) {
    if (bytes[reader.position] === 0) {
      reader.u8();
      continue;
    }
    const entry = readRecord(reader);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

function readRecord(reader: ByteReader): CpioEntry | undefined {
  const magic = cString(reader.take(6));
  if (magic !== MAGIC) throw new DecodeError(`no cpio header at offset ${reader.position - 6}`);
  const fields = Array.from({ length: 13 }, () => readHex(reader));
  const [mode = 0, size = 0, major = 0, minor = 0, nameLength = 0] = [1, 6, 9, 10, 11].map((index) => fields[index]);
  const path = cString(reader.take(nameLength));
  skipPadding(reader);
  const data = reader.take(size);
  skipPadding(reader);
  return path === TRAILER ? undefined : entryOf(path, mode, data, major, minor);
}

function readHex(reader: ByteReader): number {
  const digits = cString(reader.take(8));
  if (!/^[0-9a-fA-F]{8}$/.test(digits))
    throw new DecodeError(`${JSON.stringify(digits)} is no number of a cpio header`);
  return Number.parseInt(digits, 16);
}

const skipPadding = (reader: ByteReader): Uint8Array => reader.take(Math.min(reader.left, -reader.position & 3));

function entryOf(path: string, bits: number, data: Uint8Array, major: number, minor: number): CpioEntry {
  const mode = bits & ~TYPE_BITS;
  switch (bits & TYPE_BITS) {
    case TYPE.file:
      return { kind: 'file', path, mode, bytes: data.slice() };
    case TYPE.directory:
      return { kind: 'directory', path, mode };
    case TYPE.symlink:
      return { kind: 'symlink', path, target: cString(data) };
    case TYPE.device:
      return { kind: 'device', path, mode, major, minor };
    default:
      throw new DecodeError(`${path} is of no kind that is known: mode ${bits.toString(8)}`);
  }
}
