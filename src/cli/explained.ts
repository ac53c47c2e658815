import type { AppliedState } from '../core/boot/appliedText.ts';
import { explainHost } from '../core/cluster/explain.ts';
import { explainText } from '../core/cluster/explainText.ts';
import { placesAmong, type TextFile } from '../core/cluster/places.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import type { Hardware, Selector } from '../core/cluster/selector.ts';
import { hostNamed } from './clusterFile.ts';
import type { ShownKey } from './hostKey.ts';

/** A file that was read without a mistake. */
export interface ReadFile {
  readonly file: string;
  readonly text: string;
  readonly cluster: Cluster;
  /** The files of its add-ons, by name. */
  readonly addons: ReadonlyMap<string, TextFile>;
}

/**
 * Every value in force for a host, and where it stands; `pxen.explain/1`, or lines for a person. `hardware`: what the host reports;
 * absent where nobody was asked. `more`: what programs are told beside it.
 */
export function explained(
  word: string,
  { file, text, cluster, addons }: ReadFile,
  json: boolean,
  hardware?: Hardware,
  more: { readonly applied?: AppliedState | undefined; readonly sshKey?: ShownKey | undefined } = {},
): string {
  const placeOf = placesAmong(text, addons);
  const values = explainHost({ cluster, placeOf }, hostNamed(word, cluster, file), hardware ?? {});
  return json
    ? `${JSON.stringify({ schema: 'pxen.explain/1', file, host: word, values, ...more }, undefined, 2)}\n`
    : `${explainText(file, values)}${hardware === undefined ? byHardware(cluster) : ''}`;
}

/** A file does not tell what is in a machine. */
const byHardware = ({ settings, ...named }: Cluster): string =>
  [settings, named.profiles, named.pools, named.addons]
    .flatMap((section): readonly { readonly for?: Selector }[] => Object.values(section))
    .some((entry) => entry.for?.hardware !== undefined)
    ? 'note: what is chosen by hardware is left out: only the machine can tell what it has\n'
    : '';
