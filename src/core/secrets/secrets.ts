import type { Secret } from './secret.ts';

/** What is known of one entry of `secrets.yaml`: its value, or why that is not to be had. */
export type SecretEntry = { readonly value: Secret } | { readonly missing: string };

/** The entries of `secrets.yaml` by their names, as far as they are open now. */
export type Secrets = ReadonlyMap<string, SecretEntry>;

/** The entry of a name; one that the file does not have says so. */
export const secretOf = (secrets: Secrets, name: string): SecretEntry =>
  secrets.get(name) ?? { missing: `secrets.yaml has no entry ${name}` };
