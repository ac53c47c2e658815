import { updateLock } from '../build/lock.ts';
import { install, thisMachine } from '../shell/install.ts';
import { withProgress } from '../shell/terminal.ts';
import type { Call } from './call.ts';

/** `pxen image update`: resolves every package anew and shows what that changed. */
export async function run({ switches }: Call): Promise<number> {
  await install(['image'], thisMachine(switches.has('yes')));
  const { difference } = await withProgress((step) => {
    step('resolving the packages');
    return updateLock();
  });
  const lines = difference.length === 0 ? ['nothing has changed'] : difference;
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}
