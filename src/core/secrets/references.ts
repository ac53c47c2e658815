import type { Path } from '../cluster/jsonSchema.ts';
import { Source, type Mistake } from '../cluster/mistake.ts';
import { nearest } from '../cluster/near.ts';
import { placesIn } from '../cluster/places.ts';
import type { Cluster } from '../cluster/schema.ts';
import { isPasswordHash } from '../cluster/schemaAccess.ts';
import type { SecretsFile } from './read.ts';
import { Secret } from './secret.ts';

/** Where cluster.yaml names a secret. */
export interface Reference {
  readonly path: Path;
  readonly name: string;
  /** What the secret must be: the hash of a password, or any text. */
  readonly kind: 'hash' | 'text';
}

export function referencesIn({ access }: Pick<Cluster, 'access'>): Reference[] {
  const at = (path: Path, value: unknown, kind: Reference['kind']): Reference[] =>
    typeof value === 'object' && value !== null && 'secret' in value
      ? [{ path: [...path, 'secret'], name: String(value.secret), kind }]
      : [];
  return [
    ...at(['access', 'password'], access.password, 'hash'),
    ...access.accounts.flatMap(({ password }, index) =>
      at(['access', 'accounts', index, 'password'], password, 'hash'),
    ),
    ...at(['access', 'operatorToken'], access.operatorToken, 'text'),
  ];
}

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

function faultOf({ name, kind }: Reference, secrets: SecretsFile): [what: string, remedy: string] | undefined {
  const entry = secrets.get(name);
  if (entry === undefined) {
    const near = nearest(name, [...secrets.keys()]);
    const remedy = near === undefined ? `Write it: pxen secrets set ${name}.` : `Did you mean \`${near}\`?`;
    return [`secrets.yaml has no entry \`${name}\``, remedy];
  }
  if (kind === 'text' || !(entry instanceof Secret) || isPasswordHash(entry.reveal())) return undefined;
  return [
    `the entry \`${name}\` of secrets.yaml is not the hash of a password`,
    `Make one: pxen secrets hash | pxen secrets set ${name}.`,
  ];
}
