import type { Safe } from '../core/api/wish.ts';
import { lineDiff } from '../core/cluster/lineDiff.ts';
import type { ClusterPlace } from './clusterPlace.ts';

/** A change that a command makes to a file: what it was, what it becomes, and what the command was. */
export interface Edit {
  readonly before: string;
  readonly after: string;
  readonly what: string;
}

/** Makes a change, where there is one, and tells it; resolves to the exit code. */
export async function change(place: ClusterPlace, { before, after, what }: Edit, json: boolean): Promise<number> {
  const safe = before === after ? undefined : await place.save(before, after, what);
  process.stdout.write(changed(place.file, before, after, safe, json));
  return 0;
}

/** What a command did to a file, as it tells it, and where the change is safe (docs/rules.md, rule 3). */
function changed(file: string, before: string, after: string, safe: Safe | undefined, json: boolean): string {
  const diff = lineDiff(before, after);
  if (json) {
    const value = { schema: 'pxen.change/1', file, changed: before !== after, safe: safe ?? null, diff };
    return `${JSON.stringify(value, undefined, 2)}\n`;
  }
  return safe === undefined ? `${file} is as it was\n` : `${diff}${file} is changed; the change is safe on ${safe}\n`;
}
