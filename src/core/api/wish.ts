import { z } from 'zod';

/**
 * How a command on host0 changes what the cluster wants: over a unix socket that only root may use, for the boot server is the one
 * that writes the drive (docs/rules.md, rule 4).
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

export const wishReply = z.strictObject({
  schema: z.literal('pxen.wish-reply/1'),
  safe: z.templateLiteral([z.enum(['disks: ', 'ram: ']), z.int()]).or(z.literal('drive')),
});

/** Why not. `exit` as in docs/architecture.md, "Commands". */
export const wishRefusal = z.strictObject({
  schema: z.literal('pxen.refusal/1'),
  sentence: z.string(),
  remedy: z.string(),
  exit: z.literal([1, 2]),
});
