import { Source, type Mistake } from '../cluster/mistake.ts';
import { nearest } from '../cluster/near.ts';
import { placesIn } from '../cluster/places.ts';
import type { Cluster } from '../cluster/schema.ts';
import { misfit, type Refused } from './fitting.ts';
import type { SecretsFile } from './read.ts';
import { referencesIn, type Reference } from './references.ts';
import { Secret } from './secret.ts';

/** What cluster.yaml, whose text is given, asks of `secrets.yaml` and is not there. `file`: its name in mistakes. */
export function referenceMistakes(text: string, file: string, cluster: Cluster, secrets: SecretsFile): Mistake[] {
  const source = new Source(file, text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'));
  const placeOf = placesIn(source.text);
  return referencesIn(cluster).flatMap((reference) => {
    const [what, remedy] = faultOf(reference, secrets) ?? [];
    if (what === undefined || remedy === undefined) return [];
    const { line, column } = placeOf(reference.path);
    const start = source.offset(line, column);
    return [source.mistake(start, start + reference.name.length, what, remedy)];
  });
}

function faultOf(reference: Reference, secrets: SecretsFile): Refused | undefined {
  const { name } = reference;
  const entry = secrets.get(name);
  if (entry === undefined) {
    const near = nearest(name, [...secrets.keys()]);
    const remedy = near === undefined ? `Write it: pxen secrets set ${name}.` : `Did you mean \`${near}\`?`;
    return [`secrets.yaml has no entry \`${name}\``, remedy];
  }
  // What is wrapped is looked at when it is open.
  const wrong = entry instanceof Secret ? misfit(reference, entry.reveal()) : undefined;
  return wrong && [`the entry \`${name}\` of secrets.yaml is ${wrong[0]}`, wrong[1]];
}
