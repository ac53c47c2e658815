import { z } from 'zod';
import { VERSION } from './migrate.ts';
import { ipv4, label, labels, mac, size } from './scalars.ts';
import { accessSchema } from './schemaAccess.ts';
import { addonUseSchema } from './schemaAddons.ts';
import { bootSchema, profileSchema } from './schemaBoot.ts';
import { networkSchema } from './schemaNetwork.ts';
import { dhcpOptions } from './schemaOptions.ts';
import { poolSchema } from './schemaPools.ts';
import { settingsSchema } from './schemaSettings.ts';

/**
 * The form of `cluster.yaml` (docs/rules.md, rule 9). It speaks to people; the inventory speaks XAPI. The descriptions
 * become the published JSON Schema (docs/schema/cluster.json), which editors show while one types.
 */

const disk = z.strictObject({
  /** The disk's own serial number. Naming it here allows pxen to take the disk when nothing is on it. */
  serial: z.string().min(1).describe('the serial number of a disk that pxen may take when nothing is on it'),
});

export const hostSchema = z.strictObject({
  mac: mac.optional(),
  uuid: z.guid().toLowerCase().optional(),
  serial: z.string().min(1).optional(),
  name: label.optional(),
  address: ipv4.optional(),
  options: dhcpOptions,
  boot: z
    .enum(['allow', 'deny'])
    .default('allow')
    .describe('`deny`: this machine is never booted from here, on no protocol'),
  profile: label.describe('the profile that this machine boots, before any other rule').optional(),
  labels: labels.default({}),
  pool: label.describe('the pool of hosts that this one is in, before any selector of a pool').optional(),
  wake: z.boolean().default(true),
  disks: z.array(disk).default([]),
});

export const vmSchema = z.strictObject({
  name: label,
  cpus: z.int().min(1).max(512).default(1),
  memory: size,
  disk: z.strictObject({ size, sr: z.string().min(1).default('auto') }).optional(),
  network: z.string().optional(),
  pool: label.describe('the pool of hosts that it may be on; any host where absent').optional(),
  start: z.enum(['auto', 'manual']).default('auto'),
  /** A folder below `boot/images/` on the drive that holds the kernel and initrd the VM starts from. */
  image: label.default('hello'),
});

export const clusterSchema = z.strictObject({
  version: z
    .literal(VERSION)
    .describe('the version of this form; older ones are brought forward by pxen config migrate'),
  cluster: z.strictObject({ name: label }),
  access: accessSchema.prefault({}).describe('who may enter the hosts'),
  networks: z.record(label, networkSchema).default({}),
  hosts: z.array(hostSchema).default([]),
  pools: z.record(label, poolSchema).default({}).describe('pools of hosts, by name'),
  profiles: z.record(label, profileSchema).default({}),
  boot: bootSchema.prefault({}),
  settings: z
    .array(settingsSchema)
    .default([])
    .describe('what is set for all hosts, or for those that a selector chooses'),
  addons: z
    .record(label, addonUseSchema)
    .default({})
    .describe('bundles of settings that are switched on: NAME stands for addons/NAME/addon.yaml on the drive'),
  vms: z.array(vmSchema).default([]),
});

export type Cluster = z.infer<typeof clusterSchema>;
export type HostEntry = Cluster['hosts'][number];
export type VmEntry = Cluster['vms'][number];
