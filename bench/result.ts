import { z } from 'zod';

/** What `pxen bench dhcp|tftp|http --json FILE` writes, published as docs/schema/bench.json. */

const measure = z.strictObject({
  /** Figures of one panel have one unit and are drawn to one scale. */
  panel: z.string(),
  label: z.string(),
  unit: z.string(),
  better: z.enum(['higher', 'lower']),
});

const figure = z.strictObject({
  median: z.number(),
  /** One a round, in the order of the rounds. */
  rounds: z.array(z.number()).min(1),
});

const peer = z.strictObject({
  version: z.string(),
  /** By measure. */
  figures: z.record(z.string(), figure),
  /** Why a measure has no figure of this peer, by measure. */
  missing: z.record(z.string(), z.string()),
});

const goal = z.strictObject({
  /** Goals of one group are told together in the README. */
  group: z.string(),
  title: z.string(),
  value: z.number(),
  least: z.number().optional(),
  most: z.number().optional(),
  met: z.boolean(),
});

const machine = z.strictObject({
  processor: z.string(),
  processors: z.int().positive(),
  /** Bytes. */
  memory: z.int().positive(),
  kernel: z.string(),
  system: z.string(),
  node: z.string(),
  /** Processes that wanted to run, on average over the minute before the bench began (proc(5), loadavg). */
  loadBefore: z.number(),
});

export const benchResult = z.strictObject({
  schema: z.literal('pxen.bench/1'),
  bench: z.enum(['dhcp', 'tftp', 'http']),
  /** A short run, to see that everything works: its figures claim nothing. */
  quick: z.boolean(),
  machine,
  /** What a reader must know to judge the figures. */
  notes: z.array(z.string()),
  measures: z.record(z.string(), measure),
  peers: z.record(z.string(), peer),
  /** Ours through a peer's: the median of the rounds' ratios. */
  ratio: z.record(z.string(), goal),
  /** Bounds that ours must keep by itself. */
  limit: z.record(z.string(), goal),
});

export type BenchResult = z.infer<typeof benchResult>;
export type Measure = z.infer<typeof measure>;
export type Peer = z.infer<typeof peer>;
export type Goal = z.infer<typeof goal>;
export type Machine = z.infer<typeof machine>;

/** The JSON Schema (draft 2020-12) that is published. */
export const benchJsonSchema = (): unknown => ({
  $id: 'pxen.bench/1',
  title: 'Result of pxen bench',
  ...z.toJSONSchema(benchResult),
});
