import { z } from 'zod';
import { label } from './scalars.ts';
import { memberSelector } from './schemaSettings.ts';

/** Pools of hosts (docs/rules.md, rule 9). */
export const poolSchema = z.strictObject({
  description: z.string().min(1).describe('what the pool is for, in your words').optional(),
  for: memberSelector.describe('the hosts that are in it without naming it one by one').optional(),
  profile: label.describe('the profile that its hosts boot, unless they name one themselves').optional(),
  master: label
    .describe('the name of the host that speaks for it; the first of its hosts by name where absent')
    .optional(),
});

export type PoolEntry = z.infer<typeof poolSchema>;
