import { z } from 'zod';
import { argument, bootFile, duration, label, matching } from './scalars.ts';
import { dhcpOptions } from './schemaOptions.ts';
import { selector } from './schemaSettings.ts';

/** What machines boot (docs/boot.md, "Who boots what"). */

const initrd = z
  .union([bootFile, z.array(bootFile)])
  .transform((value) => (typeof value === 'string' ? [value] : value))
  .describe('a file below boot/, or a list of them');

/** One form for all kinds: which keys belong to which kind is a matter of sense (senseBoot.ts), told in better words. */
const payload = z.strictObject({
  kind: z
    .enum(['xen', 'linux', 'local', 'script'])
    .describe("pxen's own host (xen), any Linux (linux), the local disk (local), a script for iPXE (script)"),
  kernel: bootFile.optional(),
  initrd: initrd.optional(),
  args: z.array(argument).optional(),
  file: bootFile.optional(),
  text: z.string().min(1).max(16_384).describe('the lines of a script for iPXE').optional(),
});

export const profileSchema = z.strictObject({
  payload: payload.prefault({ kind: 'xen' }),
  for: selector.describe('the hosts that boot this profile without being told one by one').optional(),
  console: matching(/^tty[A-Za-z]+\d(,\d+)?$/, 'a serial console such as ttyS0,115200').optional(),
  vlan: z.int().min(1).max(4094).describe('the tagged VLAN that everything is fetched on').optional(),
  options: dhcpOptions,
});

/** The kinds of firmware that a loader of one's own can be named for. */
const LOADER_KINDS = [
  'bios',
  'uefi-ia32',
  'uefi-x64',
  'uefi-arm32',
  'uefi-arm64',
  'uefi-riscv32',
  'uefi-riscv64',
  'uefi-loong64',
] as const;

const loaders = z.strictObject(
  // The keys are those of the list; Object.fromEntries forgets which.
  Object.fromEntries(LOADER_KINDS.map((kind) => [kind, bootFile.optional()])) as Record<
    (typeof LOADER_KINDS)[number],
    z.ZodOptional<typeof bootFile>
  >,
);

const menu = z.strictObject({
  timeout: duration.default(30),
  default: label.describe('the profile that is booted when nobody chooses').optional(),
});

export const bootSchema = z.strictObject({
  unknown: label
    .describe('what machines do that this file does not name: menu, boot, ignore, discovery or the name of a profile')
    .optional(),
  default: label.describe('the profile of every machine that has none of its own').default('xen'),
  menu: menu.prefault({}),
  loaders: loaders.default({}).describe('loaders of your own, by kind of firmware: files below boot/'),
  servers: z
    .array(matching(/^https?:\/\/[^\s/?#]+$/, 'the URL of a boot server such as http://10.1.2.2'))
    .default([])
    .describe('further boot servers that a machine may turn to when this one fails'),
});

export type ProfileEntry = z.infer<typeof profileSchema>;
export type BootEntry = z.infer<typeof bootSchema>;
