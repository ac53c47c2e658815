import { ensureImage } from '../build/main.ts';
import { install, thisMachine } from '../shell/install.ts';
import { withProgress } from '../shell/terminal.ts';
import { builtText } from './built.ts';
import type { Call } from './call.ts';

/** `pxen image build`: builds what is not built yet and says what it is. */
export async function run({ switches }: Call): Promise<number> {
  await install(['image'], thisMachine(switches.has('yes')));
  const since = performance.now();
  const image = await withProgress((step) => ensureImage(step));
  process.stdout.write(`${builtText(image, performance.now() - since)}${image.folder}\n`);
  return 0;
}
