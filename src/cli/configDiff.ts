import { lineDiff } from '../core/cluster/lineDiff.ts';
import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { fileNamed, textOfFile } from './clusterFile.ts';
import { lastVersion, versionOf } from './clusterHistory.ts';

/** `pxen config diff [N]`: what differs between the file after a change, by itself the last one, and now. */
export async function run({ words, switches, values }: Call): Promise<number> {
  const [word] = words;
  const { file } = await fileNamed(values['file'] ?? 'cluster.yaml');
  const before = word === undefined ? await lastVersion(file) : await versionOf(file, word);
  if (before === undefined)
    throw new Failure(`${file} has no history yet`, 'It begins with the first change by pxen.', 2);
  const diff = lineDiff(before, await textOfFile(file));
  process.stdout.write(
    switches.has('json') ? `${JSON.stringify({ schema: 'pxen.diff/1', file, diff }, undefined, 2)}\n` : diff,
  );
  return 0;
}
