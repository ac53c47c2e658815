import { ensureImage } from '../build/main.ts';
import { install, thisMachine } from '../shell/install.ts';
import { withProgress } from '../shell/terminal.ts';
import type { Call } from './call.ts';
import { megabytes } from './megabytes.ts';

/** `pxen image explain`: the files of the release, the heaviest first. */
export async function run({ switches }: Call): Promise<number> {
  await install(['image'], thisMachine(switches.has('yes')));
  const { manifest, bytes, sha256 } = await withProgress((step) => ensureImage(step));
  const files = manifest.files.map(({ name, size, sha256 }) => ({ name, size, sha256 }));
  if (switches.has('json')) {
    const explained = { schema: 'pxen.image/1', release: manifest.release, manifest: sha256, wireBytes: bytes, files };
    process.stdout.write(`${JSON.stringify(explained, undefined, 2)}\n`);
    return 0;
  }
  const heaviest = files.toSorted((a, b) => b.size - a.size);
  for (const { name, size } of heaviest) process.stdout.write(`${megabytes(size).padStart(10)}  ${name}\n`);
  process.stdout.write(`${megabytes(bytes).padStart(10)}  travels to a host until it is ready\n`);
  return 0;
}
