import { tagValue } from '../../core/discover/lvm.ts';
import { TAG } from '../../core/discover/storage.ts';
import { lookAtStorage } from '../storage.ts';
import type { ApplyDeps, StepOf } from './apply.ts';
import { needGroup, volumeName, volumeOf } from './lvm.ts';

/**
 * Makes a logical volume. It is active while it is made, for only then can LVM clear its head and what signatures a
 * volume before it has left there (`-Wy -Zy`, to which `--yes` answers); it is never activated by the boot.
 */
export async function createVdi({ machine, cluster }: ApplyDeps, step: StepOf<'vdi.create'>): Promise<string> {
  const seen = await lookAtStorage(machine);
  const group = needGroup(seen, cluster, step.sr);
  const volume = volumeOf(seen, group, step.uuid);
  if (volume !== undefined) return `${volume} is there already`;
  const tags = ['--addtag', `${TAG.vdi}=${step.uuid}`, '--addtag', `${TAG.name}=${tagValue(step.name)}`];
  const clear = ['--yes', '--wipesignatures', 'y', '--zero', 'y', '--setautoactivation', 'n'];
  const shape = ['--size', `${step.size}b`, '--name', volumeName(step.uuid)];
  await machine.run(['lvcreate', ...clear, ...tags, ...shape, group]);
  return `made ${group}/${volumeName(step.uuid)}`;
}
