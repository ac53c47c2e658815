import { readCpio, writeCpio } from '../image/cpio.ts';
import { DecodeError } from '../net/bytes.ts';

/**
 * Microcode for one processor. Intel's file for all of them is 21 MB that nothing compresses (it is encrypted), so a machine
 * that says what it has gets its own updates only, in the archive that Xen and Linux look for.
 */

/** Where Xen and Linux look (Linux, Documentation/arch/x86/microcode.rst). */
export const INTEL_FILE = 'kernel/x86/microcode/GenuineIntel.bin';

/** Layout of an update: Intel SDM volume 3A, "Microcode Update"; all fields little-endian. */
const HEADER = 48;
const DEFAULT_TOTAL = 2048;
const DEFAULT_DATA = 2000;
const EXTENDED_HEADER = 20;
const EXTENDED_ENTRY = 12;

interface Update {
  readonly bytes: Uint8Array;
  /** CPUID(1).EAX of every processor it is for. */
  readonly signatures: readonly number[];
}

const u32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0;

/** The archive with only the updates for a processor (its CPUID(1).EAX); undefined where Intel has none for it. */
export function microcodeFor(archive: Uint8Array, signature: number): Uint8Array | undefined {
  const fitting = updatesIn(archive).filter(({ signatures }) => signatures.includes(signature));
  if (fitting.length === 0) return undefined;
  const folders = ['kernel', 'kernel/x86', 'kernel/x86/microcode'];
  return writeCpio([
    ...folders.map((path) => ({ kind: 'directory' as const, path, mode: 0o755 })),
    { kind: 'file', path: INTEL_FILE, mode: 0o644, bytes: joined(fitting.map(({ bytes }) => bytes)) },
  ]);
}

/** Bytes of the largest archive that any one processor gets. */
export function heaviestMicrocode(archive: Uint8Array): number {
  const sums = new Map<number, number>();
  for (const { bytes, signatures } of updatesIn(archive)) {
    for (const signature of signatures) sums.set(signature, (sums.get(signature) ?? 0) + bytes.length);
  }
  return Math.max(0, ...sums.values());
}

function updatesIn(archive: Uint8Array): Update[] {
  const file = readCpio(archive).find(({ path }) => path === INTEL_FILE);
  if (file?.kind !== 'file') throw new DecodeError(`the microcode archive has no ${INTEL_FILE}`);
  const updates: Update[] = [];
  for (let at = 0; at < file.bytes.length;) {
    const update = readUpdate(file.bytes.subarray(at));
    updates.push(update);
    at += update.bytes.length;
  }
  return updates;
}

function readUpdate(bytes: Uint8Array): Update {
  const data = u32(bytes, 28) || DEFAULT_DATA;
  const total = u32(bytes, 28) === 0 ? DEFAULT_TOTAL : u32(bytes, 32);
  if (u32(bytes, 0) !== 1 || total < HEADER + data || total > bytes.length) {
    throw new DecodeError(`the microcode archive is damaged ${bytes.length} bytes before its end`);
  }
  const update = bytes.subarray(0, total);
  return { bytes: update, signatures: [u32(update, 12), ...extendedSignatures(update.subarray(HEADER + data))] };
}

function extendedSignatures(table: Uint8Array): number[] {
  if (table.length < EXTENDED_HEADER) return [];
  const count = Math.min(u32(table, 0), Math.floor((table.length - EXTENDED_HEADER) / EXTENDED_ENTRY));
  return Array.from({ length: count }, (_, index) => u32(table, EXTENDED_HEADER + index * EXTENDED_ENTRY));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
