import { z } from 'zod';
import { hostReport } from './report.ts';

/** One thing a machine did or asked during its boot, as the boot server saw it. `at` counts seconds since the server began. */
const timelineEntry = z.strictObject({ at: z.number(), step: z.string(), detail: z.string() });

const sshKey = z.strictObject({
  fingerprint: z.string(),
  /** Whether it is the same at every boot; a sentence says why it is not. */
  stays: z.boolean(),
  why: z.string().nullable(),
});

const membership = z.strictObject({
  /** Name of the pool. */
  pool: z.string(),
  /** Whether the host's entry names it, or the selector of the pool chose the host. */
  rule: z.enum(['host.pool', 'pool.for']),
});

const host = z.strictObject({
  name: z.string(),
  mac: z.string(),
  /** The pool that it is in; null for one in none. */
  membership: membership.nullable().optional(),
  /**
   * `off`: nothing heard yet; `waking`: magic packets sent; `booting`: heard, not ready; `lost`: was ready, went silent;
   * `handed over`: booted what does not report to pxen.
   */
  state: z.enum(['off', 'waking', 'booting', 'ready', 'unhealthy', 'lost', 'handed over']),
  /** A sentence where the machine does not come: the last good step and the likely cause. */
  problem: z.string().nullable(),
  timeline: z.array(timelineEntry),
  report: hostReport.nullable(),
  /** Its SSH host key; null while nothing is known of it. */
  sshKey: sshKey.nullable().optional(),
});

const vm = z.strictObject({
  name: z.string(),
  uuid: z.string(),
  /** Name of the host it runs on, or will; null while there is none. */
  host: z.string().nullable(),
  state: z.enum(['waiting', 'starting', 'running', 'halted', 'failed']),
  /** Why it waits or failed. */
  reason: z.string().nullable(),
  console: z.array(z.string()),
});

/** What reading the drive back has shown since the boot server began (`src/core/state/health.ts`). */
const driveHealth = z.strictObject({
  verdict: z.enum(['well', 'worn', 'failing']),
  why: z.string(),
  /** Times that all of it was read; while it is 0, little is known. */
  passes: z.int(),
  bytes: z.int(),
  slow: z.int(),
  errors: z.int(),
  kernelErrors: z.int(),
});
export type DriveHealthStatus = z.infer<typeof driveHealth>;

/** `GET /api/v1/status`. */
export const status = z.strictObject({
  schema: z.literal('pxen.status/1'),
  cluster: z.strictObject({ name: z.string() }),
  server: z.strictObject({
    address: z.string(),
    release: z.string(),
    drive: z.enum(['present', 'pulled']),
    /** Absent where the drive is not read back: a folder, or a host that has just begun. */
    driveHealth: driveHealth.optional(),
    uptime: z.number(),
    /** The authority by which it is known over TLS: SHA-256 of the certificate; null while there is none. */
    authority: z.string().nullable().optional(),
  }),
  hosts: z.array(host),
  /** In XAPI's terms: the networks that cluster.yaml names, and `main`. */
  networks: z.array(z.strictObject({ uuid: z.string(), name_label: z.string() })).optional(),
  /** In XAPI's terms, by name; `master`: UUID of the host, null while it has not reported. */
  pools: z
    .array(
      z.strictObject({
        uuid: z.string(),
        name_label: z.string(),
        name_description: z.string(),
        master: z.string().nullable(),
      }),
    )
    .optional(),
  vms: z.array(vm),
  warnings: z.array(z.string()),
});

export type Status = z.infer<typeof status>;
export type TimelineEntry = z.infer<typeof timelineEntry>;
