import { explainHost } from '../core/cluster/explain.ts';
import { explainText } from '../core/cluster/explainText.ts';
import { placesIn } from '../core/cluster/places.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { hostNamed } from './clusterFile.ts';

/** A file that was read without a mistake. */
export interface ReadFile {
  readonly file: string;
  readonly text: string;
  readonly cluster: Cluster;
}

/** Every value in force for a host, and where it stands; `pxen.explain/1`, or lines for a person. */
export function explained(word: string, { file, text, cluster }: ReadFile, json: boolean): string {
  const values = explainHost({ cluster, placeOf: placesIn(text) }, hostNamed(word, cluster, file), {});
  return json
    ? `${JSON.stringify({ schema: 'pxen.explain/1', file, host: word, values }, undefined, 2)}\n`
    : `${explainText(file, values)}${byHardware(cluster)}`;
}

/** A file does not tell what is in a machine. */
const byHardware = ({ settings, profiles }: Cluster): string =>
  [...settings, ...Object.values(profiles)].some((entry) => entry.for?.hardware !== undefined)
    ? 'note: what is chosen by hardware is left out: only the machine can tell what it has\n'
    : '';
