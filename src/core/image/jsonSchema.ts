import { z } from 'zod';

/** What the verbs of drive and image print with --json, published below docs/schema/. Sizes in bytes, hashes SHA-256 in hex. */
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const finding = z.strictObject({ where: z.string(), what: z.string(), remedy: z.string() });
const release = z.strictObject({
  id: z.string(),
  role: z.enum(['current', 'previous', 'spare']),
  manifest: z.union([sha256, z.literal('')]),
  files: z.int(),
  bytes: z.int(),
});
const head = { schema: z.literal('pxen.drive/1'), device: z.string() };

/** `pxen drive check --json`. */
export const driveResult = z.discriminatedUnion('kind', [
  z.strictObject({ ...head, kind: z.literal('stranger'), why: z.string() }),
  z.strictObject({
    ...head,
    kind: z.literal('drive'),
    volume: z.string(),
    cluster: z.string().optional(),
    used: z.boolean(),
    releases: z.array(release),
    findings: z.array(finding),
  }),
]);

/** `pxen drive replace --json`. */
export const driveReplacedResult = z.strictObject({
  schema: z.literal('pxen.drive-replaced/1'),
  device: z.string(),
  cluster: z.uuid(),
  /** Ids of the new drive, and of the one that is void from now on. */
  drive: z.uuid(),
  replaces: z.uuid(),
  generation: z.int().min(2),
  /** FAT volume id, `XXXX-XXXX`. */
  volume: z.string(),
  bytes: z.int(),
  /** The host0 of this machine serves from it by now. */
  inForce: z.boolean(),
  leftOut: z.array(z.strictObject({ path: z.string(), why: z.string() })),
  warnings: z.array(z.string()),
});
export type DriveReplaced = z.infer<typeof driveReplacedResult>;

const piece = z.strictObject({
  name: z.string(),
  key: z.union([sha256, z.literal('')]),
  folder: z.string(),
  cached: z.boolean(),
  why: z.string(),
  inputs: z.record(z.string(), z.int()),
});

/** `pxen image loaders --json`; `present` where it lies on this machine. */
export const loadersResult = z.strictObject({
  schema: z.literal('pxen.loaders/1'),
  loaders: z.array(
    z.strictObject({
      kind: z.string(),
      file: z.string(),
      by: z.enum(['debian', 'build']),
      from: z.string(),
      present: z.strictObject({ path: z.string(), sha256 }).optional(),
    }),
  ),
});

/** `pxen image explain --json`; `weight` once everything is built. */
export const imageResult = z.strictObject({
  schema: z.literal('pxen.image/1'),
  pieces: z.array(piece),
  weight: z
    .strictObject({
      release: z.string(),
      manifest: sha256,
      wireBytes: z.int(),
      files: z.array(z.strictObject({ name: z.string(), size: z.int(), sha256 })),
    })
    .optional(),
  root: z.array(z.strictObject({ group: z.string(), files: z.int(), bytes: z.int() })),
});
