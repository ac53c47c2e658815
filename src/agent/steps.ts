import type { HostReport, Step } from '../core/api/report.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Log } from '../shell/log.ts';

/** Carries a step out and says what was done; fails with a sentence. Doing it twice does no harm. */
export type CarryOut = (step: Step) => Promise<string>;

type Done = HostReport['done'][number];

/** Results kept for the reports: enough that the attempts at every step of a plan can be counted. */
const KEPT = 40;

/** Carries out the steps of the newest reply in order, while reports go on. */
export class Steps {
  readonly #carryOut: CarryOut;
  readonly #log: Log;
  readonly #done: Done[] = [];
  #waiting: readonly Step[] = [];
  #current: Step | undefined;
  #finished: () => void = () => undefined;

  constructor(carryOut: CarryOut, log: Log) {
    this.#carryOut = carryOut;
    this.#log = log;
  }

  /** Takes over the steps of a reply; those of the reply before that have not begun are dropped. */
  accept(steps: readonly Step[]): void {
    this.#waiting = steps.filter((step) => step.id !== this.#current?.id);
    if (this.#current === undefined && this.#waiting.length > 0) void this.#work();
  }

  /** Ids of the steps at hand, the one being carried out first. */
  doing(): string[] {
    return [...(this.#current === undefined ? [] : [this.#current]), ...this.#waiting].map((step) => step.id);
  }

  /** How steps went, oldest first. */
  done(): Done[] {
    return [...this.#done];
  }

  /** Whom to call whenever all steps at hand have been carried out; one at a time. */
  onFinished(call: () => void): void {
    this.#finished = call;
  }

  async #work(): Promise<void> {
    for (;;) {
      const [step, ...rest] = this.#waiting;
      if (step === undefined) break;
      this.#waiting = rest;
      this.#current = step;
      this.#done.push(await this.#attempt(step));
      if (this.#done.length > KEPT) this.#done.shift();
    }
    this.#current = undefined;
    this.#finished();
  }

  async #attempt(step: Step): Promise<Done> {
    try {
      const said = await this.#carryOut(step);
      this.#log.say('AGENT_STEP_DONE', { step: step.id, said });
      return { step: step.id, ok: true, said };
    } catch (error) {
      const said = sentenceOf(error).replaceAll(/\s*\n\s*/g, '; ');
      this.#log.say('AGENT_STEP_FAILED', { step: step.id, said });
      return { step: step.id, ok: false, said };
    }
  }
}
