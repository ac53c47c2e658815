import { join } from 'node:path';
import { z } from 'zod';
import type { Bed } from '../bed.ts';

/** What clients saw that all came at once. Latencies in milliseconds, from a DISCOVER to its first OFFER; null with no OFFER. */
const report = z.strictObject({
  sent: z.int(),
  offers: z.int(),
  acks: z.int(),
  p50: z.number().nullable(),
  p99: z.number().nullable(),
});

export type BurstReport = z.infer<typeof report>;

/** `count` clients that come within `spread` milliseconds. `binds`: they take what they are offered. */
export async function burst(bed: Bed, count: number, spread: number, binds = false): Promise<BurstReport> {
  const program = [process.execPath, join(import.meta.dirname, 'clients.ts'), String(count), String(spread)];
  const { stdout } = await bed.client([...program, ...(binds ? ['bind'] : [])], { timeout: spread + 30_000 });
  return report.parse(JSON.parse(stdout));
}
