import { guestType, xlConfig } from '../../core/discover/xlConfig.ts';
import { parseXlInfo, parseXlList, XL_INFO, XL_LIST } from '../../core/discover/xl.ts';
import { Failure } from '../../shell/fail.ts';
import { PATHS } from '../machine.ts';
import { lookAtStorage } from '../storage.ts';
import type { ApplyDeps, StepOf } from './apply.ts';
import { needGroup, volumeOf } from './lvm.ts';

/** Milliseconds that a domain may take to be built; far more than it takes, but no step hangs for ever. */
const BUILD = 300_000;

/** Starts a VM unless Xen already has a domain of it, in whatever state. */
export async function startVm(deps: ApplyDeps, step: StepOf<'vm.start'>): Promise<string> {
  const { run, files } = deps.machine;
  const domains = parseXlList((await run(XL_LIST)).stdout);
  const there = domains.find((domain) => domain.uuid === step.uuid);
  if (there !== undefined) return `domain ${there.domid} is ${there.state.toLowerCase()} already`;
  const [kernel, initrd, disk, info] = await Promise.all([
    haveFile(deps, step.kernel),
    haveFile(deps, step.initrd),
    activate(deps, step),
    run(XL_INFO),
  ]);
  await needVifScript(deps, step);
  const type = guestType(parseXlInfo(info.stdout).caps);
  const { name, uuid, cpus, memory, mac } = step;
  const file = `${PATHS.guests}/${uuid}/xl.cfg`;
  await files.write(file, xlConfig({ name, uuid, type, cpus, memory, kernel, initrd, disk, mac }));
  await run(['xl', 'create', file], { timeout: BUILD });
  return `started as ${type}`;
}

/**
 * A verified copy of a file of the boot server, kept by its hash: VMs of one image share it. host0 has the drive's files
 * in RAM and takes them from there.
 */
async function haveFile(
  { machine, client }: ApplyDeps,
  { path, sha256 }: { path: string; sha256: string },
): Promise<string> {
  const local = `${PATHS.drive}${path}`;
  const kept = `${PATHS.images}/${sha256}`;
  for (const file of [local, kept]) {
    if ((await machine.files.sha256(file)) === sha256) return file;
  }
  await client.fetch(path, sha256, kept);
  return kept;
}

/** The block device of the VM's disk, made ready for use; null where it has none. */
async function activate({ machine, cluster }: ApplyDeps, step: StepOf<'vm.start'>): Promise<string | null> {
  if (step.vdi === null) return null;
  const seen = await lookAtStorage(machine);
  const group = needGroup(seen, cluster, step.vdi.sr);
  const volume = volumeOf(seen, group, step.vdi.uuid);
  if (volume === undefined) {
    throw new Failure(`the disk of ${step.name} is not on this host`, 'See with lvs -o +lv_tags where it is.');
  }
  await machine.run(['lvchange', '--activate', 'y', volume]);
  return `/dev/${volume}`;
}

async function needVifScript({ machine }: ApplyDeps, step: StepOf<'vm.start'>): Promise<void> {
  if (step.mac === null || (await machine.files.exists(PATHS.vifScript))) return;
  throw new Failure(`${PATHS.vifScript} is missing, so ${step.name} cannot have a network`, 'Build the image anew.');
}
