import { EditError } from '../core/cluster/edit.ts';
import { migrated, MIGRATIONS, VERSION, versionIn } from '../core/cluster/migrate.ts';
import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { changed } from './changed.ts';
import { fileNamed, textOfFile } from './clusterFile.ts';
import { saveCluster } from './clusterHistory.ts';

/** `pxen config migrate`: brings a file of an older version to that of this pxen. It is read without that, too. */
export async function run({ switches, values }: Call): Promise<number> {
  const { file } = await fileNamed(values['file'] ?? 'cluster.yaml');
  const before = await textOfFile(file);
  const after = forward(before);
  if (after !== before) await saveCluster(file, before, after, `config migrate to version ${VERSION}`);
  else if (versionIn(before) !== VERSION) {
    const said = versionIn(before) ?? 'none that is known';
    throw new Failure(
      `${file} is of version ${said}, and this pxen knows no way from there to ${VERSION}`,
      'Use the pxen that the file was written for.',
      2,
    );
  }
  process.stdout.write(changed(file, before, after, switches.has('json')));
  return 0;
}

function forward(text: string): string {
  try {
    return migrated(text, MIGRATIONS);
  } catch (error) {
    if (error instanceof EditError) throw new Failure(error.message, 'Change it with pxen config edit.', 1, error);
    throw error;
  }
}
