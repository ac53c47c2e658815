import { join } from 'node:path';
import { packageLines, packagesOf, type Lock } from '../core/image/lock.ts';
import { EPOCH } from '../core/image/recipe/packages.ts';
import type { Plan } from './cache.ts';
import { fetchDebs, repository } from './debs.ts';
import { hashLines } from './inputs.ts';
import { SCRIPTS } from './paths.ts';
import type { Tools } from './tools.ts';

/** QEMU for HVM guests, as a layer that a host fetches after it is ready. */
export async function hvmPlan(lock: Lock, tools: Tools): Promise<Plan> {
  const packages = packagesOf(lock, 'hvm');
  const script = (await hashLines(SCRIPTS)).filter((line) => line.startsWith('file hvm.sh '));
  return {
    name: 'hvm',
    inputs: [`tools ${tools.key}`, ...packageLines(packages), ...script],
    room: 0.3e9,
    make: async (fresh, tell) => {
      await fetchDebs(packages, tell);
      await repository(lock, ['hvm'], join(fresh, 'repository'));
      await tools.run(['/work/scripts/hvm.sh', '/work/out', String(EPOCH)], { out: fresh, scripts: SCRIPTS });
    },
  };
}
