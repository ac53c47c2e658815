import type { Tools } from '../tools.ts';
import type { MachineSpec, Wiring } from './arguments.ts';

/** What of QEMU's arguments makes the board of a machine: its processor, and the firmware on it. */

/**
 * Emulated: a plain AMD64 with what Xen needs for PVH and HVM guests. `max` crashes dom0 under TCG (SMAP), and AVX
 * makes Xen hang.
 */
const TCG_CPU = 'qemu64,+sse4.1,+sse4.2,+ssse3,+popcnt,+cx16,+rdrand,+svm,+npt,+nrip-save,+vgif';
/** edk2 has no network where the processor makes no random numbers (FEAT_RNG). Pointers are signed by a hash that TCG is quick at. */
const TCG_ARM_CPU = 'max,pauth-impdef=on';
/** Bytes of translated code kept by TCG; the default of 1 GiB a machine is too much for a rack. */
const TCG_CACHE_MIB = 384;

/** Without graphics SeaBIOS and the option ROMs speak on the serial console. */
export function board(spec: MachineSpec, tools: Tools): string[] {
  const tcg = ['-accel', `tcg,tb-size=${TCG_CACHE_MIB}`, '-cpu'];
  if (tools.processor === 'arm64') return ['-machine', 'virt', ...tcg, TCG_ARM_CPU];
  const machine = `q35,graphics=off${needsSmm(spec, tools) ? ',smm=on' : ''}`;
  return ['-machine', machine, ...(tools.accel === 'kvm' ? ['-accel', 'kvm', '-cpu', 'host'] : [...tcg, TCG_CPU])];
}

export function firmware(spec: MachineSpec, tools: Tools, wiring: Wiring): string[] {
  if (spec.firmware === 'bios') return [];
  const flash = (unit: number, file: string, more = ''): string[] => [
    '-drive',
    `if=pflash,unit=${unit},format=raw,file=${comma(file)}${more}`,
  ];
  const secure = needsSmm(spec, tools) ? ['-global', 'driver=cfi.pflash01,property=secure,value=on'] : [];
  return [...secure, ...flash(0, tools.ovmf?.code ?? '', ',readonly=on'), ...flash(1, wiring.vars)];
}

const needsSmm = (spec: MachineSpec, { ovmf }: Tools): boolean => spec.firmware === 'uefi' && ovmf?.smm === true;

/** QEMU's option lists take a comma written twice as one. */
export const comma = (text: string): string => text.replaceAll(',', ',,');
