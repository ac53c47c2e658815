/** How far the boot of one machine has come, read off its console and its first DHCP frame. */

export const STAGES = ['firmware', 'loader', 'kernel', 'agent', 'ready'] as const;
export type Stage = (typeof STAGES)[number];
/** Seconds since power-on at which each stage was reached; null where it was not. */
export type Seconds = Readonly<Record<Stage, number | null>>;

export interface Boot {
  /** A machine with the drive in boots from it; the others from the network. */
  readonly from: 'drive' | 'network';
  /** The code that proves this very boot healthy (docs/boot.md). */
  readonly code: string;
  readonly seconds: Seconds;
  readonly lastLines: readonly string[];
  /** Why the boot has failed, as far as the console tells. */
  readonly failure: string | null;
  /** Panics of this boot. Hosts restart by themselves after one (`panic=10`), which is what they are for. */
  readonly panics: number;
}

/** An emulated processor lets a kernel stumble now and then; one that does so again has a reason of its own. */
const PANICS_FORGIVEN = 1;

export type BootEvent = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'dhcp' };

const NOTHING: Seconds = { firmware: null, loader: null, kernel: null, agent: null, ready: null };
const LINES_KEPT = 40;

const LINE_STAGES: readonly (readonly [Stage, RegExp])[] = [
  ['firmware', /pxen: loader/],
  ['loader', /Xen version|Xen 4\./],
  ['kernel', /pxen: stage1/],
  ['agent', /pxen: agent started/],
];
const READY = /pxen: ready (\S+)/;
const PANICS: readonly (readonly [RegExp, string])[] = [
  [/Kernel panic - not syncing/, 'its kernel panicked'],
  [/\bPanic on CPU\b/, 'Xen panicked'],
];
const FAILURES: readonly (readonly [RegExp, string])[] = [[/pxen: stage1 failed/, 'stage 1 failed']];

export const powerOn = (from: Boot['from'], code: string): Boot => ({
  from,
  code,
  seconds: NOTHING,
  lastLines: [],
  failure: null,
  panics: 0,
});

/** The same boot after the machine reset itself: its stages count anew, its seconds go on from power-on. */
export const restarted = (boot: Boot): Boot => ({ ...boot, seconds: NOTHING });

/** The boot after one thing that happened `at` seconds since power-on. A stage counts from its first sign. */
export function bootStep(boot: Boot, event: BootEvent, at: number): Boot {
  if (event.kind === 'dhcp') return boot.from === 'network' ? reach(boot, 'firmware', at) : boot;
  const kept = { ...boot, lastLines: [...boot.lastLines, event.text].slice(-LINES_KEPT) };
  const ready = READY.exec(event.text)?.[1];
  if (ready !== undefined) return ready === boot.code ? reach(kept, 'ready', at) : fail(kept, WRONG_CODE);
  const failure = FAILURES.find(([sign]) => sign.test(event.text))?.[1];
  if (failure !== undefined) return fail(kept, failure);
  const panic = PANICS.find(([sign]) => sign.test(event.text))?.[1];
  if (panic !== undefined) return panicked(kept, panic);
  const stage = LINE_STAGES.find(([, sign]) => sign.test(event.text))?.[0];
  return stage === undefined || !counts(kept, stage) ? kept : reach(kept, stage, at);
}

const panicked = (boot: Boot, why: string): Boot =>
  boot.panics < PANICS_FORGIVEN ? { ...boot, panics: boot.panics + 1 } : fail(boot, `${why}, ${boot.panics + 1} times`);

const WRONG_CODE = 'it says it is ready with a code that is not the one of this boot';

/** The loader's own line stands for the firmware only on the drive; on the network the first DHCP frame does. */
const counts = (boot: Boot, stage: Stage): boolean => stage !== 'firmware' || boot.from === 'drive';

const reach = (boot: Boot, stage: Stage, at: number): Boot =>
  boot.seconds[stage] === null
    ? { ...boot, seconds: { ...boot.seconds, [stage]: Math.round(at * 1000) / 1000 } }
    : boot;

const fail = (boot: Boot, failure: string): Boot => (boot.failure === null ? { ...boot, failure } : boot);

/** The first stage not reached; undefined for a machine that is ready. */
export const nextStage = (boot: Boot): Stage | undefined => STAGES.find((stage) => boot.seconds[stage] === null);
export const isReady = (boot: Boot): boolean => boot.seconds.ready !== null;

/** The last stage reached, for the failure's sentence. */
export const lastStage = (boot: Boot): Stage | undefined => STAGES.findLast((stage) => boot.seconds[stage] !== null);
