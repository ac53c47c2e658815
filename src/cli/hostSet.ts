import { EditError } from '../core/cluster/edit.ts';
import { addedHost, changedHost, readChange, type HostChange } from '../core/cluster/editHost.ts';
import { hostAt } from '../core/cluster/explain.ts';
import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { hostNamed } from './clusterFile.ts';
import { change } from './changed.ts';
import type { ReadFile } from './explained.ts';
import { readToChange } from './readCluster.ts';

/** `pxen host set NAME KEY=VALUE...`: changes a host of the file, or adds one that says by what it is known. */
export async function run({ words, switches, values }: Call): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || rest.length === 0) {
    throw new Failure('what shall be set?', 'Write pxen host set NAME KEY=VALUE..., such as address=10.1.2.3.', 2);
  }
  const read = await readToChange(values);
  const after = edited(
    name,
    rest.map((word) => changeOf(word)),
    read,
  );
  const edit = { before: read.text, after, what: `host set ${[name, ...rest].join(' ')}` };
  return change(read.place, edit, switches.has('json'));
}

function changeOf(word: string): HostChange {
  const change = readChange(word);
  if (typeof change !== 'string') return change;
  throw new Failure(change, 'Write KEY=VALUE; KEY= takes the key away.', 2);
}

function edited(name: string, changes: readonly HostChange[], { file, text, cluster }: ReadFile): string {
  const isKnown = changes.some(({ key, value }) => ['mac', 'uuid', 'serial'].includes(key) && value !== undefined);
  try {
    if (hostAt(cluster.hosts, name) === undefined && isKnown) {
      return addedHost(text, [{ key: 'name', value: name }, ...changes.filter(({ key }) => key !== 'name')]);
    }
    return changedHost(text, hostNamed(name, cluster, file), changes);
  } catch (error) {
    if (error instanceof EditError) throw new Failure(error.message, 'Change it with pxen config edit.', 1, error);
    throw error;
  }
}
