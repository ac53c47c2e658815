import { cpus, totalmem } from 'node:os';
import { z } from 'zod';

/** `pxen soak --json`, published as docs/schema/soak.json. */
export const soakReport = z.strictObject({
  schema: z.literal('pxen.soak/1'),
  machine: z.strictObject({ processor: z.string(), cores: z.int(), memoryGiB: z.number(), node: z.string() }),
  /** Round n is made from `seed` + n alone. */
  seed: z.int(),
  rounds: z.int(),
  seconds: z.number(),
  /** Inputs by target, and how many of them were taken as good. */
  inputs: z.record(z.string(), z.strictObject({ sent: z.int(), taken: z.int() })),
  worlds: z.strictObject({
    count: z.int(),
    machines: z.int(),
    datagrams: z.int(),
    /** Attempts to boot that failed and were made again. */
    restarts: z.int(),
    outages: z.int(),
  }),
  /** The most machines that a showered server remembered, and MB of live heap after the first round and after the last. */
  growth: z.strictObject({ remembered: z.int(), heap: z.strictObject({ first: z.number(), last: z.number() }) }),
  failures: z.array(z.strictObject({ target: z.string(), seed: z.int(), why: z.string(), file: z.string() })),
});

export type SoakReport = z.infer<typeof soakReport>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object ? Mutable<T[K]> : T[K] };
export type Tally = Mutable<SoakReport>;

export const emptyReport = (seed: number): Tally => ({
  schema: 'pxen.soak/1',
  machine: {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    node: process.version,
  },
  seed,
  rounds: 0,
  seconds: 0,
  inputs: {},
  worlds: { count: 0, machines: 0, datagrams: 0, restarts: 0, outages: 0 },
  growth: { remembered: 0, heap: { first: 0, last: 0 } },
  failures: [],
});

const count = (number: number): string => number.toLocaleString('en');

export function reportText(report: SoakReport): string {
  const { rounds, seconds, seed, inputs, worlds, growth, failures } = report;
  const sent = Object.values(inputs).reduce((sum, one) => sum + one.sent, 0);
  return [
    `${rounds} rounds from seed ${seed} in ${Math.round(seconds)} s`,
    `${count(sent)} bad inputs: ${Object.entries(inputs)
      .map(([name, one]) => `${name} ${count(one.sent)}`)
      .join(', ')}`,
    `${count(worlds.count)} worlds: ${count(worlds.machines)} machines booted, ${count(worlds.datagrams)} datagrams, ${worlds.outages} outages, ${worlds.restarts} attempts made again`,
    `a showered server remembered ${growth.remembered} machines at most; heap ${growth.heap.first} MB after the first round, ${growth.heap.last} MB after the last`,
    ...failures.map(({ target, why, file }) => `FAILED ${target}: ${why.split('\n', 1)[0] ?? ''}\n  ${file}`),
    failures.length === 0 ? 'nothing failed' : `${failures.length} failed`,
    '',
  ].join('\n');
}
