import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { mistakesText } from '../core/cluster/mistake.ts';
import { parseCluster } from '../core/cluster/read.ts';
import { Failure } from '../shell/fail.ts';
import { run as command } from '../shell/run.ts';
import type { Call } from './call.ts';
import { change } from './changed.ts';
import { placeNamed } from './clusterPlace.ts';

/** `pxen config edit`: an editor on a copy, which takes the place of the file once it has no mistake. */
export async function run({ switches, values }: Call): Promise<number> {
  const place = await placeNamed(values);
  const before = await place.text(true);
  const folder = await mkdtemp(join(tmpdir(), 'pxen-edit-'));
  try {
    const copy = join(folder, 'cluster.yaml');
    await writeFile(copy, before);
    const after = await editUntilRight(copy, place.file);
    return await change(place, { before, after, what: 'config edit' }, switches.has('json'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function editUntilRight(copy: string, file: string): Promise<string> {
  for (;;) {
    await openEditor(copy);
    const text = await readFile(copy, 'utf8');
    const reading = parseCluster(text, file);
    if ('cluster' in reading) return text;
    process.stderr.write(`${mistakesText(reading.mistakes)}\n`);
    if (!(await wantsAgain())) {
      throw new Failure(`${file} is as it was: the copy had mistakes`, 'Edit it again: pxen config edit.', 2);
    }
  }
}

/** `$VISUAL` and `$EDITOR` may hold arguments too, so a shell takes them apart (environ(7)). */
async function openEditor(copy: string): Promise<void> {
  const editor = process.env['VISUAL'] || process.env['EDITOR'] || 'vi';
  await command(['sh', '-c', `${editor} "$1"`, 'sh', copy], { inherit: true });
}

/** Where nobody can be asked, a mistake ends it. */
async function wantsAgain(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Open the editor again? [Y/n] ').finally(() => terminal.close());
  return !/^n/i.test(answer.trim());
}
