import { withChildren, type BlockDevice } from '../discover/lsblk.ts';

/** What a drive is about to be written to. */
export interface Target {
  readonly path: string;
  /** Undefined for a regular file. */
  readonly device: BlockDevice | undefined;
  /** The pxen drive that is there already. */
  readonly present: PresentDrive | undefined;
}

/** A pxen drive that would be written over. */
export interface PresentDrive {
  readonly cluster: string | undefined;
  readonly used: boolean;
  /** Its drive id; undefined where it was never started, or its state cannot be read. */
  readonly id: string | undefined;
}

/** What is about to be written. */
export interface Written {
  readonly bytes: number;
  readonly cluster: string | undefined;
  /** The id of the drive that the new one takes the place of. */
  readonly replaces?: string;
}

export type Verdict =
  | { readonly kind: 'yes'; readonly summary: string }
  | { readonly kind: 'no'; readonly sentence: string; readonly remedy: string };

const no = (sentence: string, remedy: string): Verdict => ({ kind: 'no', sentence, remedy });
const FORCE = 'If it is the right one: --force.';
const CHOOSE = 'See lsblk and name another.';

/** Whether a drive may be written there. `force` overrules caution, never what would destroy something in use. */
export function writable(target: Target, written: Written, force: boolean): Verdict {
  const { path, device } = target;
  const refused =
    device === undefined
      ? undefined
      : (inUse(path, device) ?? unfit(path, device, written.bytes) ?? fixed(path, device, force));
  if (refused !== undefined) return refused;
  if (device === undefined && !force)
    return no(`${path} is a file, no drive`, `Name a drive, such as /dev/sdX. ${FORCE}`);
  return precious(target, written, force) ?? { kind: 'yes', summary: summaryOf(target) };
}

function inUse(path: string, device: BlockDevice): Verdict | undefined {
  if (device.type === 'part') return no(`${path} is a partition`, 'Name the whole drive: it is partitioned anew.');
  const all = withChildren(device);
  const mounted = all.find(({ mountpoints }) => mountpoints.length > 0);
  if (mounted !== undefined) {
    const where = mounted.mountpoints.join(', ');
    return no(`${mounted.path} is mounted at ${where}`, `Unmount it if it is the right one: umount ${mounted.path}`);
  }
  const holder = all.find(({ type }) => !['disk', 'loop', 'part'].includes(type));
  return holder && no(`${path} is in use by ${holder.path} (${holder.type})`, CHOOSE);
}

function unfit(path: string, device: BlockDevice, bytes: number): Verdict | undefined {
  if (device.size === 0) return no(`${path} has no medium in it`, 'Put the drive in.');
  if (device.readOnly) return no(`${path} is write-protected`, 'Move its switch, or take another.');
  if (device.size >= bytes) return undefined;
  return no(
    `${path} is too small: it has ${sizeText(device.size)}, a drive needs ${sizeText(bytes)}`,
    'Take a larger one.',
  );
}

function fixed(path: string, device: BlockDevice, force: boolean): Verdict | undefined {
  if (force || device.removable || device.transport === 'usb') return undefined;
  return no(`${path} is no removable drive (${modelOf(device)}, ${sizeText(device.size)})`, `${CHOOSE} ${FORCE}`);
}

/** A drive that a cluster lives from is not overwritten by mistake. */
function precious({ path, present }: Target, written: Written, force: boolean): Verdict | undefined {
  if (present === undefined) return undefined;
  if (present.id !== undefined && present.id === written.replaces) {
    return no(
      `${path} is the drive that is to be replaced`,
      'Take another stick: if the writing broke off, nothing would be left.',
    );
  }
  if (force) return undefined;
  const whose = present.cluster === undefined ? 'a cluster' : `cluster ${present.cluster}`;
  if (present.used) return no(`${path} is the drive of ${whose} and holds its state`, `Keep a copy of it. ${FORCE}`);
  if (present.cluster === undefined || present.cluster === written.cluster) return undefined;
  return no(`${path} is the drive of ${whose}, which is another cluster`, `Keep its cluster.yaml. ${FORCE}`);
}

function summaryOf({ path, device }: Target): string {
  if (device === undefined) return `${path}, a file`;
  const serial = device.serial === '' ? '' : `, serial ${device.serial}`;
  return `${path}: ${modelOf(device)}, ${sizeText(device.size)}${serial}${holdsText(device)}`;
}

/** What lsblk knows of its content. */
function holdsText(device: BlockDevice): string {
  const kinds = new Set(withChildren(device).map(({ fstype }) => fstype));
  const known = [...kinds].filter((kind) => kind !== '');
  if (known.length > 0) return `; it holds ${known.join(', ')}`;
  return device.pttype === '' ? '' : '; it holds a partition table';
}

const modelOf = ({ model, type }: BlockDevice): string => (model === '' ? `${type} of an unknown model` : model);

const sizeText = (bytes: number): string =>
  bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
