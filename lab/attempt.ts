import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { realClock } from '../src/shell/clock.ts';
import { Failure, sentenceOf } from '../src/shell/fail.ts';
import { run } from '../src/shell/run.ts';
import { Board } from './board.ts';
import { checkDrive, checkHosts, checkRoom, roomHere } from './checks.ts';
import { keysText, playUntilEnd } from './keys.ts';
import { LabFailure, TCG_FACTOR, type Lab } from './lab.ts';
import type { LabOptions, ScenarioName } from './options.ts';
import { freePort } from './operator.ts';
import { outcome, type Seen } from './outcome.ts';
import { buildRack, type Rack } from './rack.ts';
import type { Failed, LabResult } from './result.ts';
import { drivePulled } from './scenarios/drive-pulled.ts';
import { once } from './scenarios/once.ts';
import { powerCut } from './scenarios/power-cut.ts';
import type { Screen } from './screen.ts';
import { TimeOver } from './stop.ts';
import { findTools, type Tools } from './tools.ts';

const SCENARIO: Readonly<Record<ScenarioName, (lab: Lab) => Promise<void>>> = {
  once,
  'drive-pulled': drivePulled,
  'power-cut': powerCut,
};

/** One run of the lab, from the checks to the result. */
export class Attempt {
  readonly #options: LabOptions;
  readonly #screen: Screen;
  readonly #ending: AbortController;
  readonly #board: Board;
  #lab: Lab | undefined;

  constructor(options: LabOptions, screen: Screen, ending: AbortController) {
    this.#options = options;
    this.#screen = screen;
    this.#ending = ending;
    this.#board = new Board((machine, at, what) => screen.event(machine, at, what));
  }

  async run(): Promise<LabResult> {
    await this.#write(outcome(this.#options, undefined, failedAt('start')));
    try {
      await this.#check();
      return await this.#inFolder();
    } catch (error) {
      await this.#write(outcome(this.#options, this.#seen(), failedAt('set up', sentenceOf(error))));
      throw error;
    }
  }

  async #check(): Promise<void> {
    const { drive, hosts, workdir, port } = this.#options;
    checkHosts(hosts);
    await checkDrive(drive);
    await mkdir(workdir, { recursive: true });
    checkRoom(await roomHere(workdir), hosts, drive.bytes, workdir);
    await freePort(port);
  }

  async #inFolder(): Promise<LabResult> {
    const folder = await mkdtemp(join(this.#options.workdir, 'rack-'));
    let result: LabResult | undefined;
    try {
      const tools = await findTools(run, this.#options.firmware);
      const rack = await buildRack(this.#options, { run, tools, folder, events: this.#board.events });
      try {
        result = await this.#withRack(rack, tools);
      } finally {
        await rack.close();
      }
      return result;
    } finally {
      await this.#clean(folder, result?.ok === true);
    }
  }

  async #withRack(rack: Rack, tools: Tools): Promise<LabResult> {
    const { hosts, drive } = this.#options;
    const lab = (this.#lab = this.#labOf(rack, tools));
    this.#screen.show(rack.machines, this.#board);
    this.#screen.say(`${hosts} machine${hosts === 1 ? '' : 's'} by ${tools.accel}, drive ${drive.path}`);
    try {
      const result = await this.#scenario(lab);
      await this.#write(result);
      if (result.ok && !this.#options.once) await this.#stay(lab);
      return result;
    } finally {
      this.#screen.close();
    }
  }

  #labOf(rack: Rack, tools: Tools): Lab {
    return {
      rack,
      board: this.#board,
      clock: realClock,
      say: (sentence) => this.#screen.say(sentence),
      signal: this.#ending.signal,
      factor: tools.accel === 'kvm' ? 1 : TCG_FACTOR,
      waitingFor: failedAt('power on'),
      status: undefined,
    };
  }

  async #scenario(lab: Lab): Promise<LabResult> {
    const { timeoutSeconds, scenario } = this.#options;
    const timer = setTimeout(() => this.#ending.abort(new TimeOver(timeoutSeconds)), timeoutSeconds * 1000);
    try {
      await SCENARIO[scenario](lab);
      return outcome(this.#options, this.#seen(), null);
    } catch (error) {
      return outcome(this.#options, this.#seen(), this.#explain(lab, error));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Tells a failed run's reason; a mistake of the call is none and goes on to the caller. */
  #explain(lab: Lab, error: unknown): Failed {
    // Whoever waits when the time is over sees an AbortError; the reason stands in the signal.
    const reason: unknown = lab.signal.aborted ? lab.signal.reason : error;
    if (reason instanceof Failure && reason.exit === 2) throw reason;
    const failed = reason instanceof LabFailure ? reason.failed : lab.waitingFor;
    const where = `${failed.step}${failed.machine === null ? '' : ` of ${failed.machine}`}`;
    this.#screen.say(`failed at ${where}: ${sentenceOf(reason)}`);
    for (const line of failed.lastLines.slice(-12)) this.#screen.say(`  | ${line}`);
    if (reason instanceof Failure) this.#screen.say(reason.remedy);
    return failed;
  }

  async #stay(lab: Lab): Promise<void> {
    const interactive = !this.#options.headless && process.stdin.isTTY;
    this.#screen.say(`the rack runs; the cluster answers at ${lab.rack.operator.url}`);
    this.#screen.say(interactive ? keysText() : 'Ctrl-C ends it');
    await playUntilEnd(lab, process.stdin, interactive);
  }

  #seen(): Seen | undefined {
    const lab = this.#lab;
    return lab === undefined ? undefined : { machines: lab.rack.machines, board: this.#board, status: lab.status };
  }

  async #write(result: LabResult): Promise<void> {
    const { jsonFile } = this.#options;
    if (jsonFile === undefined) return;
    await writeFile(jsonFile, `${JSON.stringify(result, null, 2)}\n`).catch((error: unknown) => {
      throw new Failure(
        `the result cannot be written to ${jsonFile}: ${sentenceOf(error)}`,
        'Name another file.',
        2,
        error,
      );
    });
  }

  /** Of a failed run the logs stay, and only with --keep the large images. */
  async #clean(folder: string, ok: boolean): Promise<void> {
    if (this.#options.keep) return;
    if (ok) return rm(folder, { recursive: true, force: true });
    const machines = this.#lab?.rack.machines ?? [];
    const images = machines.flatMap(({ spec }) => [spec.drive ?? [], spec.disks.map(({ path }) => path)].flat());
    for (const image of images) await rm(image, { force: true });
    this.#screen.say(`consoles and the capture are in ${folder}`);
  }
}

const failedAt = (step: string, sentence?: string): Failed => ({
  step,
  machine: null,
  lastLines: sentence === undefined ? [] : [sentence],
});
