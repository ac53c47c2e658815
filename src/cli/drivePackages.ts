import { Failure } from '../shell/fail.ts';
import { install, thisMachine } from '../shell/install.ts';
import { withProgress } from '../shell/terminal.ts';
import type { Call } from './call.ts';
import { isFolder } from './clusterFile.ts';
import { readCluster } from './readCluster.ts';

/** `pxen drive packages DIR`: makes the packages that settings of its cluster.yaml ask for, as layers below its `boot/packages/`. */
export async function run({ words, switches }: Call): Promise<number> {
  const [folder] = words;
  if (folder === undefined || !(await isFolder(folder))) {
    throw new Failure(
      'which folder holds the drive?',
      'Mount its partition and name where: pxen drive packages /media/PXEN.',
      2,
    );
  }
  const { cluster } = await readCluster({ file: folder });
  await install(['image'], thisMachine(switches.has('yes')));
  const { dressFolder } = await import('../build/dress.ts');
  const names = await withProgress((step) => dressFolder(folder, cluster, step));
  const what = names.length === 0 ? 'no packages are asked for' : `the packages ${names.join(', ')} are there`;
  process.stdout.write(`${folder}: ${what}; hosts have them from their next boot on\n`);
  return 0;
}
