import { appliedLines, lookedAt, notApplied } from '../core/boot/applied.ts';
import { PATHS, type Machine } from './machine.ts';

/** The part of a report that tells what settings put onto this host. */
export interface AppliedSeen {
  readonly applied?: string[];
  readonly notApplied?: string[];
}

/**
 * What settings of cluster.yaml put onto this host, and what of it did not take. `failed`: units that have failed; undefined while
 * it is too early to tell, since units, modules and sysctls are begun when the host is ready.
 */
export async function lookAtApplied(
  { files }: Pick<Machine, 'files'>,
  failed: readonly string[] | undefined,
): Promise<AppliedSeen> {
  const text = await files.read(PATHS.applied);
  if (text === undefined) return {};
  const applied = appliedLines(text);
  if (failed === undefined) return { applied };
  const { sysctls, paths } = lookedAt(applied);
  const [loaded, builtin, packages, values, present] = await Promise.all([
    files.list('/sys/module'),
    builtInModules(files),
    files.read(PATHS.packages),
    Promise.all(sysctls.map(async (path) => [path, await files.read(`/proc/sys/${path}`)] as const)),
    Promise.all(paths.map(async (path) => [path, await files.exists(path)] as const)),
  ]);
  const facts = {
    modules: new Set([...loaded, ...builtin]),
    failedUnits: failed,
    sysctls: new Map(values),
    present: new Map(present),
    packages,
  };
  const lost = notApplied(applied, facts);
  return lost.length === 0 ? { applied } : { applied, notApplied: lost };
}

/** Lines `kernel/fs/ext4/ext4.ko` (kbuild). */
async function builtInModules(files: Machine['files']): Promise<string[]> {
  const release = ((await files.read('/proc/sys/kernel/osrelease')) ?? '').trim();
  const text = (await files.read(`/usr/lib/modules/${release}/modules.builtin`)) ?? '';
  return Array.from(text.matchAll(/\/([^/\n]+)\.ko$/gm), ([, name = '']) => name.replaceAll('-', '_'));
}
