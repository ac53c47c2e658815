import { z } from 'zod';
import { parseIpv4, parseSubnet, type Ipv4, type Subnet } from '../net/ipv4.ts';
import { parseMac, type Mac } from '../net/mac.ts';
import { parseSize } from './size.ts';

/** The form of `cluster.yaml` (docs/rules.md, rule 9). It speaks to people; the inventory speaks XAPI. */

const parsed = <T>(parse: (text: string) => T | undefined, what: string) =>
  z.string().transform((text, context) => {
    const value = parse(text);
    if (value === undefined) context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is not ${what}` });
    return value as T;
  });

const mac = parsed<Mac>(parseMac, 'a MAC address such as 52:54:00:12:34:56');
const ipv4 = parsed<Ipv4>(parseIpv4, 'an IPv4 address such as 10.1.2.3');
const subnet = parsed<Subnet>(parseSubnet, 'a subnet such as 10.1.2.0/24');
const size = parsed<number>(parseSize, 'a size such as 256MiB or 1GiB');
/** Names that serve as DNS labels (RFC 1123 2.1). */
const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'use lower-case letters, digits and hyphens');

const network = z.strictObject({
  dhcp: z.enum(['auto', 'full', 'proxy', 'silent']).default('auto'),
  subnet: subnet.optional(),
  gateway: ipv4.optional(),
  domain: z.string().optional(),
});

const disk = z.strictObject({
  /** The disk's own serial number. Naming it here allows pxen to take the disk when nothing is on it. */
  serial: z.string().min(1),
});

const host = z.strictObject({
  mac: mac.optional(),
  uuid: z.guid().toLowerCase().optional(),
  serial: z.string().optional(),
  name: label.optional(),
  address: ipv4.optional(),
  labels: z.record(z.string(), z.string()).default({}),
  wake: z.boolean().default(true),
  disks: z.array(disk).default([]),
});

const settings = z.strictObject({
  for: z.strictObject({ labels: z.record(z.string(), z.string()).optional(), name: z.string().optional() }).optional(),
  kernelArgs: z.array(z.string()).default([]),
  xenArgs: z.array(z.string()).default([]),
});

const vm = z.strictObject({
  name: label,
  cpus: z.int().min(1).max(512).default(1),
  memory: size,
  disk: z.strictObject({ size, sr: z.string().default('auto') }).optional(),
  network: z.string().optional(),
  start: z.enum(['auto', 'manual']).default('auto'),
  /** A folder below `boot/images/` on the drive that holds the kernel and initrd the VM starts from. */
  image: label.default('hello'),
});

export const clusterSchema = z.strictObject({
  version: z.literal(1),
  cluster: z.strictObject({ name: label }),
  access: z.strictObject({ sshKeys: z.array(z.string()).default([]) }).prefault({}),
  networks: z.record(label, network).default({}),
  hosts: z.array(host).default([]),
  settings: z.array(settings).default([]),
  vms: z.array(vm).default([]),
});

export type Cluster = z.infer<typeof clusterSchema>;
export type HostEntry = Cluster['hosts'][number];
export type VmEntry = Cluster['vms'][number];
export type NetworkEntry = Cluster['networks'][string];
