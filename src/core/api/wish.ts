import { z } from 'zod';
import { label } from '../cluster/scalars.ts';

/**
 * How a command changes what the cluster wants: on host0 over a unix socket that only root may use, from elsewhere over HTTPS, below
 * `OPERATOR`, with the operator's token; for the boot server is the one that writes the drive (docs/rules.md, rule 4).
 */

/** Where a change is safe (docs/rules.md, rule 3). */
export type Safe = 'drive' | `disks: ${number}` | `ram: ${number}`;

/** Answer to `GET /cluster.yaml`, the file as it stands on the drive, and to `GET /in-force`. */
export const clusterText = z.strictObject({
  schema: z.literal('pxen.cluster-file/1'),
  name: z.string(),
  text: z.string(),
});

/** `POST /wish`: a new text in place of the one that was read. */
export const wish = z.strictObject({
  schema: z.literal('pxen.wish/1'),
  before: z.string(),
  after: z.string(),
  who: z.string(),
  what: z.string(),
});
export type Wish = z.infer<typeof wish>;

/**
 * `POST /secrets-wish`: entries of secrets.yaml as they are to become. `before`: the text that they were made from, where the whole of
 * it was read. It is answered like a wish. The values are in it, so it is never logged.
 */
export const secretsWish = z.strictObject({
  schema: z.literal('pxen.secrets-wish/1'),
  changes: z
    .array(
      z.strictObject({
        name: label,
        value: z.union([z.string(), z.strictObject({ wrapped: z.string() })]).nullable(),
      }),
    )
    .min(1)
    .max(1000),
  before: z.string().optional(),
  who: z.string(),
  what: z.string(),
});
export type SecretsWish = z.infer<typeof secretsWish>;

/** Answer to `GET /secrets`: what is in force, and no plain value of it. */
export const secretsList = z.strictObject({
  schema: z.literal('pxen.secrets-list/1'),
  /** `wrapped`: the value as it stands in the file, where a passphrase has wrapped it. */
  secrets: z.array(z.strictObject({ name: z.string(), wrapped: z.string().nullable() })),
});

export const wishReply = z.strictObject({
  schema: z.literal('pxen.wish-reply/1'),
  safe: z.templateLiteral([z.enum(['disks: ', 'ram: ']), z.int()]).or(z.literal('drive')),
});

/** What the doors of the API answer to whom they do not let in. */
export const apiError = z.strictObject({ schema: z.literal('pxen.error/1'), error: z.string() });

/** Why not. `exit` as in docs/architecture.md, "Commands". */
export const wishRefusal = z.strictObject({
  schema: z.literal('pxen.refusal/1'),
  sentence: z.string(),
  remedy: z.string(),
  exit: z.literal([1, 2]),
});
