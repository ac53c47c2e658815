import { join } from 'node:path';
import { packageLines, packagesOf, type Lock } from '../core/image/lock.ts';
import { EPOCH } from '../core/image/recipe.ts';
import { piece, type Piece, type Tell } from './cache.ts';
import { fetchDebs, repository } from './debs.ts';
import { hashLines } from './inputs.ts';
import { CHECKOUT } from './paths.ts';
import type { Tools } from './tools.ts';

const SCRIPTS = join(CHECKOUT, 'image', 'build');

/** QEMU for HVM guests, as a layer that a host fetches after it is ready. */
export async function hvmLayer(lock: Lock, tools: Tools, tell: Tell): Promise<Piece> {
  const packages = packagesOf(lock, 'hvm');
  const script = (await hashLines(SCRIPTS)).filter((line) => line.startsWith('file hvm.sh '));
  return piece('hvm', [`tools ${tools.key}`, ...packageLines(packages), ...script], tell, async (fresh) => {
    await fetchDebs(packages, tell);
    await repository(lock, ['hvm'], join(fresh, 'repository'));
    await tools.run(['/work/scripts/hvm.sh', '/work/out', String(EPOCH)], { out: fresh, scripts: SCRIPTS });
  });
}
