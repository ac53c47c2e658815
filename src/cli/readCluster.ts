import { mistakesText } from '../core/cluster/mistake.ts';
import { parseCluster } from '../core/cluster/read.ts';
import { Failure } from '../shell/fail.ts';
import { fileNamed, textOfFile } from './clusterFile.ts';
import type { ReadFile } from './explained.ts';

/** The file that a verb is about: `--file`, else cluster.yaml here. Throws Failure with every mistake of it. */
export async function readCluster(word = 'cluster.yaml'): Promise<ReadFile> {
  const { file } = await fileNamed(word);
  const text = await textOfFile(file);
  const reading = parseCluster(text, file);
  if ('cluster' in reading) return { file, text, cluster: reading.cluster };
  throw new Failure(`${file} has mistakes\n${mistakesText(reading.mistakes)}`, 'Correct them: pxen config edit.', 2);
}
