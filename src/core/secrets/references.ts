import type { Path } from '../cluster/jsonSchema.ts';
import type { Cluster } from '../cluster/schema.ts';

/** Where cluster.yaml names a secret. */
export interface Reference {
  readonly path: Path;
  readonly name: string;
  /** What the secret must be: the hash of a password, or an operator's token. */
  readonly kind: 'hash' | 'token';
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
    ...at(['access', 'operatorToken'], access.operatorToken, 'token'),
  ];
}
