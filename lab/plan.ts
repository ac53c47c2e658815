import { parseMac, type Mac } from '../src/core/net/mac.ts';
import type { MachineSpec } from './machine/arguments.ts';
import type { Firmware } from './options.ts';
import { MOST_PORTS } from './switch/forwarding.ts';

export const MEMORY_MIB = 2048;
export const DISK_BYTES = 4 * 2 ** 30;
/** The operator's way in takes one port of the switch. */
export const MOST_HOSTS = MOST_PORTS - 1;

const NAMES = ['ada', 'bea', 'cai', 'dov', 'eli', 'fay', 'gus', 'hal', 'ida', 'jan', 'kim', 'lea', 'max', 'nia'];

export interface RackPlan {
  readonly hosts: number;
  readonly firmware: Firmware;
  /** The rack's own copy of the drive. */
  readonly drive: string;
  /** Folder of a machine, by its name. */
  readonly folder: (name: string) => string;
  /** Memory of each machine; absent, 2 GiB. */
  readonly memoryMiB?: number;
}

/** The machines of a rack. The same rack has the same names, addresses and serial numbers every time. */
export function machines(plan: RackPlan): MachineSpec[] {
  return Array.from({ length: plan.hosts }, (_, index) => machine(plan, index));
}

function machine(plan: RackPlan, index: number): MachineSpec {
  const name = NAMES[index] ?? `rack${index + 1}`;
  const number = String(index + 1).padStart(2, '0');
  return {
    name,
    uuid: `70786e00-6c61-4b62-8000-${(index + 1).toString(16).padStart(12, '0')}`,
    mac: macOf(index),
    serial: `PXENLAB${number}`,
    firmware: firmwareOf(plan.firmware, index),
    memoryMiB: plan.memoryMiB ?? MEMORY_MIB,
    card: 'virtio-net-pci',
    drive: index === 0 ? plan.drive : null,
    disks: [{ path: `${plan.folder(name)}/disk1.raw`, serial: `PXENDISK${number}`, bus: 'virtio' }],
  };
}

const macOf = (index: number): Mac => parseMac(`525400${(index + 1).toString(16).padStart(6, '0')}`) as Mac;

function firmwareOf(wanted: Firmware, index: number): 'uefi' | 'bios' {
  if (wanted !== 'mixed') return wanted;
  return index > 0 && index % 2 === 0 ? 'bios' : 'uefi';
}
