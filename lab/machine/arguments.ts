import type { Mac } from '../../src/core/net/mac.ts';
import type { Tools } from '../tools.ts';
import { board, comma, firmware } from './board.ts';

export interface Disk {
  readonly path: string;
  /** At most 20 characters: the width of the field in virtio-blk and ATA. */
  readonly serial: string;
  readonly bus: 'virtio' | 'sata';
}

/** A machine as one would order it. */
export interface MachineSpec {
  readonly name: string;
  readonly uuid: string;
  readonly mac: Mac;
  readonly serial: string;
  readonly firmware: 'uefi' | 'bios';
  readonly memoryMiB: number;
  readonly card: 'virtio-net-pci' | 'e1000' | 'rtl8139';
  /** The PCI device number of the card; absent, the next free one. */
  readonly slot?: number;
  /** Image of the flash drive plugged in, where there is one. */
  readonly drive: string | null;
  readonly disks: readonly Disk[];
  /** What QEMU starts at once in place of a boot device (`-kernel`); absent, firmware boots. */
  readonly kernel?: string;
  /** By what OVMF boots from the network; absent, by all it can: PXE by IPv4, then by IPv6, then HTTP. */
  readonly netboot?: 'pxe' | 'http';
}

/** Where one power-on finds its sockets and files. */
export interface Wiring {
  readonly network: string;
  readonly qmp: string;
  /** The machine's own copy of OVMF's variables. */
  readonly vars: string;
  /** Chassis asset tag: fresh at each power-on, so that a ready code of another boot is worth nothing. */
  readonly nonce: string;
}

/** QEMU's arguments for one power-on. */
export function machineArguments(spec: MachineSpec, tools: Tools, wiring: Wiring): string[] {
  return [
    ['-name', spec.name, '-no-user-config', '-nodefaults', '-display', 'none'],
    board(spec, tools),
    ['-smp', '1', '-m', String(spec.memoryMiB)],
    firmware(spec, tools, wiring),
    ['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ['-chardev', `socket,id=qmp,path=${comma(wiring.qmp)},server=off`, '-mon', 'chardev=qmp,mode=control'],
    ['-device', 'virtio-rng-pci'],
    network(spec, wiring),
    drive(spec),
    spec.disks.flatMap(disk),
    spec.kernel === undefined ? [] : ['-kernel', spec.kernel],
    netboot(spec),
    smbios(spec, wiring),
  ].flat();
}

function network(spec: MachineSpec, wiring: Wiring): string[] {
  const index = spec.drive === null ? 1 : 2;
  const netdev = `stream,id=net0,server=off,addr.type=unix,addr.path=${comma(wiring.network)}`;
  const slot = spec.slot === undefined ? '' : `,addr=0x${spec.slot.toString(16)}`;
  const card = `${spec.card},id=nic0,netdev=net0,mac=${spec.mac},bootindex=${index}${slot}${rom(spec)}`;
  return ['-netdev', netdev, '-device', card];
}

/**
 * OVMF drives virtio by itself, as firmware of real machines drives its cards; with the card's ROM it would boot by the iPXE in
 * there instead. The other cards it only knows by their ROM.
 */
const rom = ({ firmware, card }: MachineSpec): string =>
  firmware === 'uefi' && card === 'virtio-net-pci' ? ',romfile=' : '';

/** OVMF leaves out what it is told to (OvmfPkg, PxeBcPcdProducerLib): no minute is lost on a protocol that nobody answers. */
function netboot({ netboot }: MachineSpec): string[] {
  if (netboot === undefined) return [];
  const off = netboot === 'http' ? ['IPv4', 'IPv6'] : ['IPv6'];
  return off.flatMap((family) => ['-fw_cfg', `name=opt/org.tianocore/${family}PXESupport,string=n`]);
}

/** The flash drive's device, as `-device` and as QMP's `device_add` want it. */
export const STICK = {
  driver: 'usb-storage',
  id: 'stick',
  bus: 'xhci.0',
  drive: 'stick-file',
  removable: true,
} as const;

/** `-blockdev` outlives the device that is pulled out; `-drive` would not. */
function drive(spec: MachineSpec): string[] {
  if (spec.drive === null) return [];
  const stick = JSON.stringify({ ...STICK, bootindex: 1 });
  return ['-device', 'qemu-xhci,id=xhci', '-blockdev', blockdev(STICK.drive, spec.drive), '-device', stick];
}

function disk(disk: Disk, index: number): string[] {
  const node = `disk${index}`;
  const driver = disk.bus === 'virtio' ? 'virtio-blk-pci' : `ide-hd,bus=ide.${index}`;
  return ['-blockdev', blockdev(node, disk.path), '-device', `${driver},drive=${node},serial=${disk.serial}`];
}

/** Raw: a killed QEMU has kept nothing back of what the guest wrote. The host need not survive, so nothing is flushed to it. */
const blockdev = (node: string, path: string): string =>
  JSON.stringify({
    'node-name': node,
    driver: 'raw',
    cache: { 'no-flush': true },
    discard: 'unmap',
    file: { driver: 'file', filename: path },
  });

function smbios(spec: MachineSpec, wiring: Wiring): string[] {
  const system = `manufacturer=pxen,product=lab,serial=${spec.serial},uuid=${spec.uuid}`;
  return ['-smbios', `type=1,${system}`, '-smbios', `type=3,manufacturer=pxen,asset=${wiring.nonce}`];
}
