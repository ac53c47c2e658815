import { z } from 'zod';

/** What `pxen lab --once --json FILE` writes, published as docs/schema/lab.json. Seconds are cumulative since power-on. */

const second = z.number().nonnegative().nullable();

const host = z.strictObject({
  name: z.string(),
  place: z.enum(['host0', 'hostU']),
  boot: z.enum(['drive', 'network']),
  firmware: z.enum(['uefi', 'bios']),
  mac: z.string(),
  uuid: z.string(),
  /** As the host reported them; null where it never did. */
  xen: z.string().nullable(),
  kernel: z.string().nullable(),
  seconds: z.strictObject({ firmware: second, loader: second, kernel: second, agent: second, ready: second }),
  bytesFetched: z.int().nonnegative().nullable(),
});

const vm = z.strictObject({ name: z.string(), host: z.string().nullable(), state: z.string() });

const failed = z.strictObject({
  /** What was being done or waited for. */
  step: z.string(),
  /** The machine it concerns; null where it concerns the rack. */
  machine: z.string().nullable(),
  lastLines: z.array(z.string()),
});

export const labResult = z.strictObject({
  schema: z.literal('pxen.lab/1'),
  ok: z.boolean(),
  hosts: z.array(host),
  vms: z.array(vm),
  drive: z.strictObject({ bytes: z.int().nonnegative() }),
  image: z.strictObject({ release: z.string(), bytes: z.int().nonnegative(), sha256: z.string() }),
  failed: failed.nullable(),
});

export type LabResult = z.infer<typeof labResult>;
export type LabHost = LabResult['hosts'][number];
export type Failed = NonNullable<LabResult['failed']>;

/** The JSON Schema (draft 2020-12) that is published. */
export const labJsonSchema = (): unknown => ({
  $id: 'pxen.lab/1',
  title: 'Result of pxen lab',
  ...z.toJSONSchema(labResult),
});
