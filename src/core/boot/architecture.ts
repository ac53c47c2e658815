/** The kind of firmware that asks (option 93; RFC 4578 2.1 and IANA's "Processor Architecture Types"). */
export interface Architecture {
  readonly name: string;
  readonly by: 'tftp' | 'http';
  readonly firmware: 'bios' | 'uefi';
  /** Below the drive's `boot/`; null where pxen carries none. */
  readonly loader: string | null;
}

const BIOS = { by: 'tftp', firmware: 'bios' } as const;
const UEFI = { by: 'tftp', firmware: 'uefi' } as const;
const UEFI_HTTP = { by: 'http', firmware: 'uefi' } as const;
const X64 = 'loaders/snponly.efi';

/**
 * RFC 4578 named 9 x64 and 7 EBC, its erratum 4624 swapped them, and firmware of both kinds is about: both get the same.
 */
export const ARCHITECTURES: ReadonlyMap<number, Architecture> = new Map<number, Architecture>([
  [0, { ...BIOS, name: 'BIOS', loader: 'loaders/undionly.kpxe' }],
  [6, { ...UEFI, name: 'UEFI IA32', loader: null }],
  [7, { ...UEFI, name: 'UEFI x64', loader: X64 }],
  [9, { ...UEFI, name: 'UEFI x64 (EBC)', loader: X64 }],
  [10, { ...UEFI, name: 'UEFI ARM32', loader: null }],
  [11, { ...UEFI, name: 'UEFI ARM64', loader: null }],
  [15, { ...UEFI_HTTP, name: 'UEFI IA32 HTTP', loader: null }],
  [16, { ...UEFI_HTTP, name: 'UEFI x64 HTTP', loader: X64 }],
  [18, { ...UEFI_HTTP, name: 'UEFI ARM32 HTTP', loader: null }],
  [19, { ...UEFI_HTTP, name: 'UEFI ARM64 HTTP', loader: null }],
]);

/** What an architecture is called, known or not. */
export const architectureName = (arch: number | null): string =>
  arch === null ? 'unknown' : (ARCHITECTURES.get(arch)?.name ?? `architecture ${arch}`);
