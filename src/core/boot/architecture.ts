import type { BootEntry } from '../cluster/schemaBoot.ts';

/** The kinds of loader there are: one for each kind of firmware. */
export type LoaderKind = keyof BootEntry['loaders'] | 'rpi';

/** The kind of firmware that asks (option 93; RFC 4578 2.1 and IANA's "Processor Architecture Types"). */
export interface Architecture {
  readonly name: string;
  readonly by: 'tftp' | 'http';
  readonly firmware: 'bios' | 'uefi';
  /** Null where no loader can be had, and `why`. */
  readonly loader: LoaderKind | null;
  readonly why: string | undefined;
}

type Made = readonly [number, Architecture];

const bios = (code: number, name: string, loader: LoaderKind): Made => [
  code,
  { name, by: 'tftp', firmware: 'bios', loader, why: undefined },
];

/** UEFI, fetching by TFTP under the one code and by HTTP under the other. */
function uefi(name: string, loader: LoaderKind, tftp: number, http?: number): Made[] {
  const one = { firmware: 'uefi', loader, why: undefined } as const;
  const byTftp: Made = [tftp, { ...one, name, by: 'tftp' }];
  return http === undefined ? [byTftp] : [byTftp, [http, { ...one, name: `${name} HTTP`, by: 'http' }]];
}

const none = (code: number, name: string, why: string): Made => [
  code,
  { name, by: 'tftp', firmware: 'bios', loader: null, why },
];

const HISTORIC = 'nobody makes such machines any more, and iPXE was never built for them';
const FOREIGN = 'iPXE is not built for this processor';

/**
 * RFC 4578 named 9 x64 and 7 EBC, its erratum 4624 swapped them, and firmware of both kinds is about: both get the same.
 * U-Boot (21, 22) starts an EFI file like UEFI; what it asks of pxelinux.cfg is made apart (pxelinux.ts).
 */
export const ARCHITECTURES: ReadonlyMap<number, Architecture> = new Map<number, Architecture>([
  bios(0, 'BIOS', 'bios'),
  none(1, 'NEC/PC98', HISTORIC),
  none(2, 'EFI Itanium', HISTORIC),
  none(3, 'DEC Alpha', HISTORIC),
  none(4, 'Arc x86', HISTORIC),
  none(5, 'Intel Lean Client', HISTORIC),
  ...uefi('UEFI IA32', 'uefi-ia32', 6, 15),
  ...uefi('UEFI x64', 'uefi-x64', 7, 16),
  none(8, 'EFI Xscale', HISTORIC),
  ...uefi('UEFI x64 (EBC)', 'uefi-x64', 9, 17),
  ...uefi('UEFI ARM32', 'uefi-arm32', 10, 18),
  ...uefi('UEFI ARM64', 'uefi-arm64', 11, 19),
  none(12, 'PowerPC Open Firmware', FOREIGN),
  none(13, 'PowerPC ePAPR', FOREIGN),
  none(14, 'POWER OPAL v3', FOREIGN),
  none(20, 'BIOS HTTP', 'no loader is known to be started by BIOS firmware that fetches by HTTP'),
  ...uefi('U-Boot ARM32', 'uefi-arm32', 21, 23),
  ...uefi('U-Boot ARM64', 'uefi-arm64', 22, 24),
  ...uefi('UEFI RISC-V 32', 'uefi-riscv32', 25, 26),
  ...uefi('UEFI RISC-V 64', 'uefi-riscv64', 27, 28),
  none(29, 'UEFI RISC-V 128', FOREIGN),
  none(30, 'UEFI RISC-V 128 HTTP', FOREIGN),
  none(31, 's390 Basic', FOREIGN),
  none(32, 's390 Extended', FOREIGN),
  none(33, 'UEFI MIPS 32', FOREIGN),
  none(34, 'UEFI MIPS 64', FOREIGN),
  none(35, 'UEFI Sunway 32', FOREIGN),
  none(36, 'UEFI Sunway 64', FOREIGN),
  none(37, 'UEFI LoongArch 32', FOREIGN),
  none(38, 'UEFI LoongArch 32 HTTP', FOREIGN),
  ...uefi('UEFI LoongArch 64', 'uefi-loong64', 39, 40),
  bios(41, 'Raspberry Pi', 'rpi'),
]);

/** The ROM of a Raspberry Pi, which asks as BIOS and is known by its card. */
export const RASPBERRY_PI = 41;

/** What an architecture is called, known or not. */
export const architectureName = (arch: number | null): string =>
  arch === null ? 'unknown' : (ARCHITECTURES.get(arch)?.name ?? `architecture ${arch}`);
