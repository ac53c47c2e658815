import { z } from 'zod';
import { argument, label, labels, matching, size } from './scalars.ts';

/** What can be set for subsets of hosts (docs/rules.md, rule 9), and how a subset is chosen. */

const hardware = z
  .strictObject({
    cpuVendor: z.enum(['intel', 'amd']).describe('whose processors the machine has').optional(),
    memoryAtLeast: size.optional(),
    cpusAtLeast: z.int().min(1).max(8192).describe('logical processors that its board counts').optional(),
    firmware: z.enum(['uefi', 'bios']).describe('what starts it').optional(),
    manufacturer: z.string().min(1).describe("who made the machine, in its board's words; * for anything").optional(),
    product: z.string().min(1).describe("the machine's product name, in its board's words; * for anything").optional(),
  })
  .describe('what the board of the machine says of itself');

const parts = {
  labels: labels.describe('labels that the host has, all of them').optional(),
  name: z.string().min(1).describe('the name of the host; * for anything').optional(),
  pool: label.describe('the pool that the host is in').optional(),
  hardware: hardware.optional(),
};

/** Chooses hosts; all parts must fit. */
export const selector = z.strictObject(parts);
/** Chooses the hosts of a pool. A pool may say what its hosts boot, so it does not choose by profile. */
export const memberSelector = selector.omit({ pool: true });
/** What a host boots is chosen by profiles themselves, so only settings and add-ons can choose by it. */
export const settingsSelector = z.strictObject({
  ...parts,
  profile: label.describe('the profile that the host boots').optional(),
});

const hostPath = matching(
  /^(?!.*\/\.{0,2}(?:\/|$))(?:\/[\w.+@:-]+)+$/,
  'the path of a file on the host such as /etc/motd, from its root',
);
const overlayFile = matching(
  /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.+@-]+(?:\/[\w.+@-]+)*$/,
  'a file below overlay/ on the drive, such as motd',
);
const hostFile = (from: z.ZodString) =>
  z.strictObject({
    path: hostPath,
    text: z.string().max(65_536).describe('all that stands in the file').optional(),
    from: from.optional(),
    mode: matching(/^0?[0-7]{3}$/, 'a mode such as "0644"').default('0644'),
  });

const unitName = matching(
  /^[\w@.:-]{1,200}\.(service|socket|timer|path|mount|target)$/,
  'the name of a systemd unit such as example.service',
);
const unit = z.strictObject({
  state: z
    .enum(['enabled', 'disabled'])
    .describe('started once the host is ready (enabled), or never by anybody (disabled)')
    .optional(),
  text: z.string().min(1).max(65_536).describe('all that stands in the unit file').optional(),
});

const module = matching(
  /^[\w-]+( +\w+=[\x21-\x7e]+)*$/,
  'a kernel module such as nf_conntrack, with parameters where it wants some (kvm_intel nested=1)',
);
const sysctlName = matching(/^[\w*-]+([./][\w*-]+)+$/, 'a sysctl such as net.ipv4.ip_forward');
const sysctlValue = z
  .union([matching(/^[\x20-\x7e]+$/, 'a value on one line'), z.int().transform(String)])
  .describe('a number, or a text on one line');

/** Everything that can be set for a host. `from`: how a file of the drive is named. */
export const settable = (from: z.ZodString) => ({
  kernelArgs: z.array(argument).default([]).describe("arguments of the host's Linux"),
  xenArgs: z.array(argument).default([]).describe('arguments of Xen'),
  files: z.array(hostFile(from)).default([]).describe('files on the host, written at every boot'),
  units: z.record(unitName, unit).default({}).describe('systemd units on the host'),
  modules: z.array(module).default([]).describe('kernel modules that the host loads'),
  sysctl: z.record(sysctlName, sysctlValue).default({}).describe('kernel parameters below /proc/sys'),
  packages: z
    .array(matching(/^[a-z0-9][a-z0-9+.-]+$/, 'the name of a Debian package such as htop'))
    .default([])
    .describe('further packages of Debian 13, from layers on the drive: pxen drive packages makes them'),
});

export const settingsSchema = z.strictObject({
  for: settingsSelector.optional().describe('the hosts that this is for; all where absent'),
  ...settable(overlayFile),
});

export type SettingsEntry = z.infer<typeof settingsSchema>;
/** What can be set, whoever it is for. */
export type Settable = Omit<SettingsEntry, 'for'>;
