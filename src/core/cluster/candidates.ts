import { CLUSTER_FILE } from '../image/layout.ts';

/** Which file of a drive's root is read as cluster.yaml, and what is to be said of those that could be taken for it. */
export interface Candidates {
  readonly name: string | undefined;
  readonly note: string | undefined;
}

/** Editors that hide a file's ending save it with another behind it. */
const NAMES = [CLUSTER_FILE, `${CLUSTER_FILE}.txt`];
const SECRETS = ['secrets.yaml', 'secrets.yaml.txt'];
/** What looks like it: another ending, a copy, what an editor keeps beside it. Not macOS's `._` files, which hold no text. */
const LIKE = /^\.?cluster[^/]*\.ya?ml[^/]*$/i;

/** FAT makes no difference between upper and lower case, and some tools write the one, some the other. */
export function clusterFileAmong(names: readonly string[]): Candidates {
  const found = NAMES.flatMap((name) => named(names, name) ?? []);
  const [name, other] = found;
  if (other !== undefined)
    return { name, note: `${other} stands beside ${name}, which alone is read: keep one of them` };
  if (name !== undefined) return { name, note: undefined };
  const like = names.filter((one) => LIKE.test(one)).toSorted();
  if (like.length === 0) return { name: undefined, note: undefined };
  return { name: undefined, note: `${like.join(' and ')} is not read: it would have to be called ${CLUSTER_FILE}` };
}

/** The file that is read as secrets.yaml; undefined where there is none. */
export const secretsFileAmong = (names: readonly string[]): string | undefined =>
  SECRETS.flatMap((name) => named(names, name) ?? [])[0];

const named = (names: readonly string[], wanted: string): string | undefined =>
  names.includes(wanted) ? wanted : names.find((name) => name.toLowerCase() === wanted);
