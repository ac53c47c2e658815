import { countAt, flagAt, listOf, nameAt, rowsOf, textAt, type Row } from './json.ts';

/** `lsblk` of util-linux; `--bytes`, since a rounded size cannot be compared. */
export const LSBLK: readonly string[] = [
  'lsblk',
  '--json',
  '--bytes',
  '--output',
  'PATH,TYPE,SIZE,SERIAL,MODEL,RM,RO,FSTYPE,PTTYPE,UUID,MOUNTPOINTS,TRAN',
];

export interface BlockDevice {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  readonly serial: string;
  readonly model: string;
  readonly removable: boolean;
  readonly readOnly: boolean;
  readonly fstype: string;
  readonly pttype: string;
  /** UUID of the file system; for FAT its volume id (`XXXX-XXXX`). */
  readonly uuid: string;
  /** How it is attached: `usb`, `nvme`, `sata`; empty where lsblk does not know. */
  readonly transport: string;
  readonly mountpoints: readonly string[];
  readonly children: readonly BlockDevice[];
}

/** Reads what LSBLK printed; throws DecodeError for anything else. */
export const parseLsblk = (text: string): readonly BlockDevice[] => listOf('lsblk', text, 'blockdevices').map(device);

function device(row: Row): BlockDevice {
  const mounts = row['mountpoints'];
  return {
    path: nameAt('lsblk', row, 'path'),
    type: nameAt('lsblk', row, 'type'),
    size: countAt('lsblk', row, 'size'),
    serial: textAt(row, 'serial'),
    model: textAt(row, 'model'),
    removable: flagAt(row, 'rm'),
    readOnly: flagAt(row, 'ro'),
    fstype: textAt(row, 'fstype'),
    pttype: textAt(row, 'pttype'),
    uuid: textAt(row, 'uuid'),
    transport: textAt(row, 'tran'),
    mountpoints: Array.isArray(mounts) ? mounts.filter((mount): mount is string => typeof mount === 'string') : [],
    children: row['children'] === undefined ? [] : rowsOf('lsblk', row['children']).map(device),
  };
}

/** A device and all that stands on it: partitions, arrays, logical volumes. */
export const withChildren = (top: BlockDevice): readonly BlockDevice[] => [top, ...top.children.flatMap(withChildren)];

/** Real disks: no loop devices, no optical drives, no compressed RAM, no empty card readers. */
export const isDisk = (device: BlockDevice): boolean =>
  device.type === 'disk' && device.size > 0 && !/^\/dev\/(zram|ram|nbd|fd)\d/.test(device.path);

/** Nothing that lsblk recognises on the device, below it or mounted from it. */
export const looksEmpty = (device: BlockDevice): boolean =>
  device.fstype === '' && device.pttype === '' && device.children.length === 0 && device.mountpoints.length === 0;
