import { z } from 'zod';
import { label } from '../cluster/scalars.ts';

/** The form of `secrets.yaml`. Its descriptions become docs/schema/secrets.json, which editors show while one types. */

/** Characters of a value; a key or a certificate needs a twentieth of it. */
export const LONGEST_VALUE = 65_536;

const wrapped = z
  .strictObject({
    wrapped: z.string().describe('the value as pxen secrets wrap made it; only the passphrase opens it'),
  })
  .describe('a value wrapped by a passphrase');

export const secretsSchema = z.strictObject({
  version: z.literal(1).describe('the version of this form'),
  secrets: z
    .record(
      label.describe('the name by which cluster.yaml calls it'),
      z
        .union([z.string().min(1).max(LONGEST_VALUE), wrapped])
        .describe('the secret itself, in quotes, or one that is wrapped'),
    )
    .default({})
    .describe('secrets by their names'),
});

/** The published JSON Schema of `secrets.yaml`. */
export const secretsJsonSchema = (): Readonly<Record<string, unknown>> => ({
  title: 'secrets.yaml of pxen',
  ...(z.toJSONSchema(secretsSchema, { io: 'input', reused: 'inline' }) as Record<string, unknown>),
});
