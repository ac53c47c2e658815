import type { Call } from './call.ts';
import { fileNamed } from './clusterFile.ts';
import { changesOf } from './clusterHistory.ts';

/** `pxen config history`: who changed the file when, and how. */
export async function run({ switches, values }: Call): Promise<number> {
  const { file } = await fileNamed(values['file'] ?? 'cluster.yaml');
  const changes = await changesOf(file);
  const lines = changes.map(
    ({ number, when, who, what }) => `${String(number).padStart(6)}  ${when}  ${who}  ${what}\n`,
  );
  process.stdout.write(
    switches.has('json')
      ? `${JSON.stringify({ schema: 'pxen.history/1', file, changes }, undefined, 2)}\n`
      : lines.join('') || `${file} was not changed by pxen yet\n`,
  );
  return 0;
}
