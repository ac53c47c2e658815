import { ensureImage } from '../build/main.ts';
import { install, thisMachine } from '../shell/install.ts';
import { withProgress } from '../shell/terminal.ts';
import type { Call } from './call.ts';
import { megabytes } from './megabytes.ts';

/** `pxen image build`: builds what is not built yet and says what it is. */
export async function run({ switches }: Call): Promise<number> {
  await install(['image'], thisMachine(switches.has('yes')));
  const image = await withProgress((step) => ensureImage(step));
  process.stdout.write(`release ${image.release}, ${megabytes(image.bytes)} until ready\n`);
  process.stdout.write(`manifest ${image.sha256}\n${image.folder}\n`);
  return 0;
}
