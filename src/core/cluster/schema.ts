import { z } from 'zod';
import { parseIpv4, parseSubnet, type Ipv4, type Subnet } from '../net/ipv4.ts';
import { parseMac, type Mac } from '../net/mac.ts';
import { parseSize } from './size.ts';

/**
 * The form of `cluster.yaml` (docs/rules.md, rule 9). It speaks to people; the inventory speaks XAPI. The descriptions
 * become the published JSON Schema (docs/schema/cluster.json), which editors show while one types.
 */

const parsed = <T>(parse: (text: string) => T | undefined, what: string) =>
  z
    .string()
    .describe(what)
    .transform((text, context) => {
      const value = parse(text);
      if (value === undefined) context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is not ${what}` });
      return value as T;
    });

const matching = (pattern: RegExp, what: string) => z.string().regex(pattern, what).describe(what);

const mac = parsed<Mac>(parseMac, 'a MAC address such as 52:54:00:12:34:56');
const ipv4 = parsed<Ipv4>(parseIpv4, 'an IPv4 address such as 10.1.2.3');
const subnet = parsed<Subnet>(parseSubnet, 'a subnet such as 10.1.2.0/24');
const size = parsed<number>(parseSize, 'a size such as 256MiB or 1GiB');
/** Names that serve as DNS labels (RFC 1123 2.1). */
const label = matching(
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  'a name of at most 63 lower-case letters, digits and hyphens, with no hyphen at either end',
);
const domain = matching(
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
  'a domain such as lab.internal',
);
/** Arguments are joined by spaces on one line, so a space inside one would make two of it. */
const argument = matching(/^[\x21-\x7e]+$/, 'one argument without a space, such as panic=10');
/** One line of `authorized_keys` (sshd(8)), options allowed. */
const sshKey = matching(
  /^([^\n]+ )?(ssh-(rsa|ed25519)|ecdsa-sha2-nistp\d+|sk-(ssh|ecdsa)-[\w-]+@openssh\.com) AAAA\S*( [^\n]*)?$/,
  'a public SSH key such as ssh-ed25519 AAAAC3Nza... ada@desk',
);
const labels = z.record(z.string(), z.string());

export const networkSchema = z.strictObject({
  dhcp: z.enum(['auto', 'full', 'proxy', 'silent']).default('auto'),
  subnet: subnet.optional(),
  gateway: ipv4.optional(),
  domain: domain.optional(),
});

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
  labels: labels.default({}),
  wake: z.boolean().default(true),
  disks: z.array(disk).default([]),
});

const settings = z.strictObject({
  for: z.strictObject({ labels: labels.optional(), name: z.string().min(1).optional() }).optional(),
  kernelArgs: z.array(argument).default([]),
  xenArgs: z.array(argument).default([]),
});

export const vmSchema = z.strictObject({
  name: label,
  cpus: z.int().min(1).max(512).default(1),
  memory: size,
  disk: z.strictObject({ size, sr: z.string().min(1).default('auto') }).optional(),
  network: z.string().optional(),
  start: z.enum(['auto', 'manual']).default('auto'),
  /** A folder below `boot/images/` on the drive that holds the kernel and initrd the VM starts from. */
  image: label.default('hello'),
});

const access = z.strictObject({
  sshKeys: z.array(sshKey).default([]),
  /** Names an entry of `secrets.yaml`; the secret itself never stands in this file. */
  operatorToken: z.strictObject({ secret: label }).optional(),
});

export const clusterSchema = z.strictObject({
  version: z.literal(1),
  cluster: z.strictObject({ name: label }),
  access: access.prefault({}),
  networks: z.record(label, networkSchema).default({}),
  hosts: z.array(hostSchema).default([]),
  settings: z.array(settings).default([]),
  vms: z.array(vmSchema).default([]),
});

export type Cluster = z.infer<typeof clusterSchema>;
export type HostEntry = Cluster['hosts'][number];
export type VmEntry = Cluster['vms'][number];
export type NetworkEntry = Cluster['networks'][string];
