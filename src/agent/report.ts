import type { HostReport, ReportReply } from '../core/api/report.ts';
import type { Clock } from '../shell/clock.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Log } from '../shell/log.ts';
import type { Look } from './discover.ts';
import type { Steps } from './steps.ts';

export interface ReportDeps {
  readonly look: () => Promise<Look>;
  readonly send: (report: HostReport) => Promise<ReportReply>;
  readonly steps: Steps;
  /** Called after every report that host0 has acknowledged. */
  readonly acknowledged: (report: HostReport) => Promise<void>;
  /** Called with what host0 warns of, after every report that it has acknowledged. */
  readonly warned: (warnings: readonly string[]) => Promise<void>;
  /** Called when a healthy host has nothing to do: the time for what can wait. */
  readonly idle: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** Name of host0 in messages. */
  readonly server: string;
}

/** Milliseconds between tries while host0 is away: doubled from the first to the last. */
const FIRST_PAUSE = 1000;
const LAST_PAUSE = 30_000;
/** Bounds for what a reply may ask, so that no mistake of host0 silences or drowns the hosts. */
const SHORTEST = 500;
const LONGEST = 60_000;
/** The pause while a host comes up, when every look may be the first good one. */
const COMING_UP = 1000;
/** Looks take their share of a slow host and no more: the pause is at least this many times as long as the look was. */
const REST_PER_LOOK = 3;

/** Looks, reports, does as it is told, and begins again; ends only with `signal`. */
export async function reportLoop(deps: ReportDeps, signal: AbortSignal): Promise<void> {
  let failures = 0;
  let wasWell = false;
  for (let counter = 1; !signal.aborted; counter += 1) {
    const began = deps.clock.now();
    const report = await compose(deps, counter);
    const looked = deps.clock.now() - began;
    const reply = await deliver(deps, report, failures);
    failures = reply === undefined ? failures + 1 : 0;
    wasWell ||= report.health.ok;
    if (reply !== undefined) deps.steps.accept(reply.steps);
    if (wasWell && reply?.steps.length === 0 && deps.steps.doing().length === 0) await deps.idle();
    await rest(deps, reply === undefined ? pause(failures) : waitFor(reply, wasWell, looked), signal);
  }
}

/** Milliseconds until the next look. */
function waitFor({ again }: ReportReply, wasWell: boolean, looked: number): number {
  if (!wasWell) return COMING_UP;
  return Math.min(LONGEST, Math.max(SHORTEST, again, looked * REST_PER_LOOK));
}

async function compose({ look, steps }: ReportDeps, counter: number): Promise<HostReport> {
  // Taken before the look: a step that ends meanwhile counts as under way until the next look shows its effect.
  const [doing, done] = [steps.doing(), steps.done()];
  return { schema: 'pxen.report/1', counter, ...(await look()), doing, done };
}

/** Sends a report; undefined where host0 did not take it, which is said and no reason to stop. */
async function deliver(deps: ReportDeps, report: HostReport, failures: number): Promise<ReportReply | undefined> {
  const { log, server } = deps;
  try {
    const reply = await deps.send(report);
    if (failures > 0) log.say('AGENT_SERVER_BACK', { server });
    await deps.acknowledged(report);
    await deps.warned(reply.warnings ?? []);
    return reply;
  } catch (error) {
    log.say('AGENT_SERVER_AWAY', { server, reason: sentenceOf(error), seconds: pause(failures + 1) / 1000 });
    return undefined;
  }
}

const pause = (failures: number): number => Math.min(LAST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));

/** Waits, but not longer than until the steps at hand are done: what they changed is to be reported at once. */
async function rest({ clock, steps }: ReportDeps, wait: number, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  const wake = (): void => enough.abort();
  signal.addEventListener('abort', wake, { once: true });
  steps.onFinished(wake);
  await clock.sleep(wait, enough.signal).catch(() => undefined);
  signal.removeEventListener('abort', wake);
}
