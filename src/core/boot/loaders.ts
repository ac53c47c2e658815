import type { BootEntry } from '../cluster/schemaBoot.ts';
import { ARCHITECTURES, architectureName, type Architecture, type LoaderKind } from './architecture.ts';

/**
 * The files that serve as loaders, the better first. `snponly` uses the card as the firmware drives it, so it works with every
 * card the firmware booted from; the full one brings drivers of its own. Debian's names and iPXE's differ.
 */
const CANDIDATES: Readonly<Record<LoaderKind, readonly string[]>> = {
  bios: ['loaders/undionly.kpxe', 'loaders/ipxe.pxe'],
  'uefi-ia32': ['loaders/snponly-ia32.efi', 'loaders/ipxe-ia32.efi'],
  'uefi-x64': ['loaders/snponly.efi', 'loaders/ipxe.efi'],
  'uefi-arm32': ['loaders/snponly-arm32.efi', 'loaders/ipxe-arm32.efi'],
  'uefi-arm64': ['loaders/snponly-arm64.efi', 'loaders/ipxe-arm64.efi'],
  'uefi-riscv32': ['loaders/snponly-riscv32.efi', 'loaders/ipxe-riscv32.efi'],
  'uefi-riscv64': ['loaders/snponly-riscv64.efi', 'loaders/ipxe-riscv64.efi'],
  'uefi-loong64': ['loaders/snponly-loong64.efi', 'loaders/ipxe-loong64.efi'],
  // The ROM asks for its files by their own names; this one says whether they are there.
  rpi: ['rpi/config.txt'],
};

/** All that a drive may hold, to be looked for once. */
export const LOADER_FILES: readonly string[] = Object.values(CANDIDATES).flat();

/** Kinds of firmware that Debian has no loader for: they are built from source on wish. */
export const BUILT_KINDS = ['uefi-ia32', 'uefi-arm32', 'uefi-riscv32'] as const;
export type BuiltKind = (typeof BUILT_KINDS)[number];

export const isBuilt = (kind: string): kind is BuiltKind => BUILT_KINDS.some((one) => one === kind);

/** The loaders at hand. */
export interface Loaders {
  /** Those of LOADER_FILES that are there. */
  readonly present: ReadonlySet<string>;
  /** Loaders of one's own, from cluster.yaml. */
  readonly own: BootEntry['loaders'];
}

/** The loader for an architecture, or why there is none. */
export function loaderFor(
  arch: number | null,
  loaders: Loaders,
): { readonly file: string; readonly by: Architecture['by'] } | { readonly why: string } {
  const architecture = ARCHITECTURES.get(arch ?? -1);
  const shown = `${architectureName(arch)} (option 93: ${arch ?? 'absent'})`;
  if (architecture === undefined) return { why: `there is no loader for ${shown}` };
  const { loader: kind, by, why = '' } = architecture;
  if (kind === null) return { why: `there is no loader for ${shown}: ${why}` };
  const own = kind === 'rpi' ? undefined : loaders.own[kind];
  const file = own ?? CANDIDATES[kind].find((one) => loaders.present.has(one));
  return file === undefined ? { why: `there is no loader for ${shown}: ${missing(kind)}` } : { file, by };
}

function missing(kind: LoaderKind): string {
  const files = CANDIDATES[kind].map((file) => `boot/${file}`).join(' and no ');
  if (kind === 'rpi') return `there is no ${files}: put the firmware files of the Raspberry Pi there`;
  const build = isBuilt(kind) ? `\`pxen image loaders --build ${kind}\` makes one; ` : '';
  return `there is no ${files}: ${build}put one there, or name your own as boot.loaders.${kind} in cluster.yaml`;
}
