import type { LoaderKind } from '../../boot/architecture.ts';
import type { BuiltKind } from '../../boot/loaders.ts';

/** Where the loaders on a drive come from, as data. `src/build/loaders.ts` and `image/build/` carry it out. */

/** The package that loaders come from: Debian's builds of it, and its source for the kinds that Debian does not build. */
export const LOADER_PACKAGE = 'ipxe';

/** Debian's loaders by kind of firmware, under the names that they keep below `boot/loaders/`. */
export const DEBIAN_LOADERS: readonly (readonly [kind: LoaderKind, file: string])[] = [
  ['bios', 'undionly.kpxe'],
  ['uefi-x64', 'snponly.efi'],
  ['uefi-x64', 'ipxe.efi'],
  ['uefi-arm64', 'ipxe-arm64.efi'],
  ['uefi-riscv64', 'ipxe-riscv64.efi'],
  ['uefi-loong64', 'ipxe-loong64.efi'],
];

export interface LoaderRecipe {
  /** Its name below `boot/loaders/` (src/core/boot/loaders.ts). */
  readonly file: string;
  /** What iPXE's Makefile calls it. */
  readonly target: string;
  /** What the names of the compiler's tools begin with. */
  readonly cross: string;
  /** The root of packages that it is built in. Each has one of its own, for compilers are large. */
  readonly root: string;
}

export const LOADER_RECIPES: Readonly<Record<BuiltKind, LoaderRecipe>> = {
  'uefi-ia32': {
    file: 'snponly-ia32.efi',
    target: 'bin-i386-efi/snponly.efi',
    cross: '',
    root: 'compiler-ia32',
  },
  'uefi-arm32': {
    file: 'snponly-arm32.efi',
    target: 'bin-arm32-efi/snponly.efi',
    cross: 'arm-linux-gnueabi-',
    root: 'compiler-arm32',
  },
  'uefi-riscv32': {
    file: 'snponly-riscv32.efi',
    target: 'bin-riscv32-efi/snponly.efi',
    cross: 'riscv64-linux-gnu-',
    root: 'compiler-riscv32',
  },
};

/** What unpacks Debian's source and builds iPXE's own tools. */
const COMPILER = ['dpkg-dev', 'gcc', 'libc6-dev', 'liblzma-dev', 'make'];

/** Packages of those roots, beside the essential ones. */
export const COMPILER_ROOTS: Readonly<Record<string, readonly string[]>> = {
  'compiler-ia32': COMPILER,
  'compiler-arm32': [...COMPILER, 'gcc-arm-linux-gnueabi'],
  'compiler-riscv32': [...COMPILER, 'gcc-riscv64-linux-gnu'],
};
