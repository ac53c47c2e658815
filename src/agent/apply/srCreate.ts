import { isDisk, looksEmpty, type BlockDevice } from '../../core/discover/lsblk.ts';
import { tagValue } from '../../core/discover/lvm.ts';
import { TAG } from '../../core/discover/storage.ts';
import { parseWipefs, wipefsCommand } from '../../core/discover/wipefs.ts';
import { Failure } from '../../shell/fail.ts';
import { lookAtStorage } from '../storage.ts';
import type { ApplyDeps, StepOf } from './apply.ts';
import { groupName, groupOf } from './lvm.ts';

/**
 * Makes a volume group on an empty disk. The disk is looked at again right before: between plan and step a person may
 * have put something on it. `vgcreate` makes the physical volume in the same step, so that a power cut leaves either a
 * marked group or an empty disk; and without `--yes` it refuses by itself where it finds a signature (vgcreate(8)).
 */
export async function createSr({ machine, cluster }: ApplyDeps, step: StepOf<'sr.create'>): Promise<string> {
  const seen = await lookAtStorage(machine);
  const group = groupOf(seen, cluster, step.uuid);
  if (group !== undefined) return `${group} is there already`;
  const disk = theDisk(seen.devices, step.serial);
  const signatures = parseWipefs((await machine.run(wipefsCommand(disk.path))).stdout);
  if (signatures.length > 0) throw notEmpty(disk, step.serial, signatures.join(', '));
  const tags = [`${TAG.cluster}=${tagValue(cluster)}`, `${TAG.sr}=${step.uuid}`, `${TAG.name}=${tagValue(step.name)}`];
  const marks = tags.flatMap((tag) => ['--addtag', tag]);
  await machine.run(['vgcreate', '--setautoactivation', 'n', ...marks, groupName(step.uuid), disk.path]);
  return `made ${groupName(step.uuid)} on ${disk.path}`;
}

function theDisk(devices: readonly BlockDevice[], serial: string): BlockDevice {
  const [disk, ...twins] = devices.filter((device) => isDisk(device) && device.serial === serial);
  if (disk === undefined)
    throw new Failure(`no disk has the serial number ${serial}`, 'Compare with lsblk -o PATH,SERIAL.');
  if (twins.length > 0) {
    throw new Failure(`more than one disk has the serial number ${serial}`, 'Only one of them may be plugged in.');
  }
  if (disk.readOnly) throw new Failure(`disk ${serial} is read-only`, 'See its switch or its controller.');
  if (!looksEmpty(disk)) throw notEmpty(disk, serial, disk.pttype || disk.fstype || 'partitions or mounts');
  return disk;
}

const notEmpty = (disk: BlockDevice, serial: string, what: string): Failure =>
  new Failure(
    `disk ${serial} (${disk.path}) is not empty: ${what}`,
    `If nothing on it is needed: wipefs -a ${disk.path}`,
  );
