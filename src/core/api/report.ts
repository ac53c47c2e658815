import { z } from 'zod';

/**
 * What the agent of a host tells the boot server, and what it gets back. Class and field names are XAPI's, so that the
 * XAPI endpoint can be a projection of the inventory. Sizes are bytes.
 */

const PIF = z.strictObject({
  device: z.string(),
  MAC: z.string(),
  MTU: z.int(),
  carrier: z.boolean(),
  /** Mbit/s; null where the link is down or does not say. */
  speed: z.int().nullable(),
  driver: z.string(),
  /** Whether the card will start the machine on a magic packet: armed now, could be armed, or cannot. */
  wake: z.enum(['armed', 'unarmed', 'impossible']),
});

const disk = z.strictObject({
  device: z.string(),
  serial: z.string(),
  model: z.string(),
  size: z.int(),
  removable: z.boolean(),
  /** `ours` carries our marker, `foreign` anything else that a tool recognises, `nothing` no signature at all. */
  holds: z.enum(['drive', 'ours', 'foreign', 'nothing']),
});

const SR = z.strictObject({
  uuid: z.string(),
  name_label: z.string(),
  type: z.literal('lvm'),
  physical_size: z.int(),
  physical_utilisation: z.int(),
});

const VDI = z.strictObject({
  uuid: z.string(),
  name_label: z.string(),
  SR: z.string(),
  virtual_size: z.int(),
});

const VM = z.strictObject({
  uuid: z.string(),
  name_label: z.string(),
  power_state: z.enum(['Running', 'Paused', 'Halted', 'Crashed']),
  domid: z.int(),
  memory_target: z.int(),
  /** The last lines that its console printed, oldest first. */
  console: z.array(z.string()),
});

export const hostReport = z.strictObject({
  schema: z.literal('pxen.report/1'),
  /** Grows by one with every report of one boot; together with `boot_id` it orders reports without a clock. */
  counter: z.int(),
  boot_id: z.string(),
  host: z.strictObject({
    uuid: z.string(),
    name_label: z.string(),
    address: z.string(),
    place: z.enum(['host0', 'hostU']),
    boot: z.enum(['drive', 'network']),
    /** The profile it booted as; hosts of an earlier release do not say. */
    profile: z.string().optional(),
    firmware: z.enum(['uefi', 'bios']),
    software_version: z.strictObject({ xen: z.string(), linux: z.string(), release: z.string() }),
    virtualisation: z.string(),
    cpu_count: z.int(),
    cpu_model: z.string(),
    memory_total: z.int(),
    memory_free: z.int(),
    /** Bytes fetched over the network (or from the drive) until the agent was ready. */
    bytes_fetched: z.int(),
    manufacturer: z.string(),
    product: z.string(),
    serial: z.string(),
  }),
  /** Its SSH host key, as `ssh-keygen -l` shows it; absent while there is none. */
  ssh_fingerprint: z.string().optional(),
  /** What settings of cluster.yaml put onto it at this boot, a line each; absent where nothing was. */
  applied: z.array(z.string()).optional(),
  /** What of it did not take, with the reason; known some looks after the host is ready. */
  notApplied: z.array(z.string()).optional(),
  /** The command lines that it booted with; hosts of an earlier release do not say. */
  arguments: z.strictObject({ xen: z.string(), linux: z.string() }).optional(),
  /**
   * False where a tool that looks for disks or domains failed: what is not listed below may be there all the same, so
   * nothing may be concluded from its absence and nothing is ordered of this host.
   */
  complete: z.boolean(),
  health: z.strictObject({ ok: z.boolean(), problems: z.array(z.string()) }),
  /** The card it booted by comes first. */
  PIFs: z.array(PIF),
  disks: z.array(disk),
  SRs: z.array(SR),
  VDIs: z.array(VDI),
  VMs: z.array(VM),
  /** Ids of the steps that are being carried out or wait to be. */
  doing: z.array(z.string()),
  /** How the steps handed out earlier went, by their id; the last few of them. */
  done: z.array(z.strictObject({ step: z.string(), ok: z.boolean(), said: z.string() })),
});

/** What a host is asked to do. A step says what shall be true; carrying it out twice does no harm. */
export const step = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sr.create'),
    id: z.string(),
    serial: z.string(),
    uuid: z.string(),
    name: z.string(),
  }),
  z.strictObject({
    kind: z.literal('vdi.create'),
    id: z.string(),
    sr: z.string(),
    uuid: z.string(),
    name: z.string(),
    size: z.int(),
  }),
  z.strictObject({
    kind: z.literal('vm.start'),
    id: z.string(),
    uuid: z.string(),
    name: z.string(),
    cpus: z.int(),
    memory: z.int(),
    /** URL paths on the boot server and the SHA-256 that the agent checks before use. */
    kernel: z.strictObject({ path: z.string(), sha256: z.string() }),
    initrd: z.strictObject({ path: z.string(), sha256: z.string() }),
    vdi: z.strictObject({ sr: z.string(), uuid: z.string() }).nullable(),
    /** MAC of the VM's card on the host's bridge; null without a network. */
    mac: z.string().nullable(),
  }),
]);

export const reportReply = z.strictObject({
  schema: z.literal('pxen.report-reply/1'),
  /** The plan these steps belong to. A newer number always wins. */
  plan: z.int(),
  steps: z.array(step),
  /**
   * The certificate by which the agent is to know this server from now on, PEM: for one that reports plainly, since none came with
   * its boot.
   */
  authority: z.string().optional(),
  /** Milliseconds the agent may wait before it reports again. */
  again: z.int(),
  /** What every host shows on its consoles; absent where there is nothing, so that an older agent takes the reply. */
  warnings: z.array(z.string()).optional(),
});

export type HostReport = z.infer<typeof hostReport>;
export type Step = z.infer<typeof step>;
export type ReportReply = z.infer<typeof reportReply>;
