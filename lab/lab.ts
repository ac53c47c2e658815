import type { Status } from '../src/core/api/status.ts';
import { Failure } from '../src/shell/fail.ts';
import type { Clock } from '../src/shell/clock.ts';
import type { Board } from './board.ts';
import type { Machine } from './machine.ts';
import { nextStage } from './progress.ts';
import type { Rack } from './rack.ts';
import type { Failed } from './result.ts';
import { fetchStatus } from './status.ts';

/** What a scenario works with. */
export interface Lab {
  readonly rack: Rack;
  readonly board: Board;
  readonly clock: Clock;
  readonly say: (sentence: string) => void;
  /** Aborts at the end of the time for the whole run, and on Ctrl-C. */
  readonly signal: AbortSignal;
  /** How much slower than on real hardware things go: waits that are no stage of a boot are multiplied with it. */
  readonly factor: number;
  /** What is waited for now: what to tell when the time is over. */
  waitingFor: Failed;
  /** The last status that host0 gave. */
  status: Status | undefined;
}

/** Under TCG everything takes about this much longer. */
export const TCG_FACTOR = 4;
const POLL_MS = 200;
const STATUS_POLL_MS = 3000;

/** A run that failed: the sentence, and what the result's `failed` says. */
export class LabFailure extends Failure {
  readonly failed: Failed;

  constructor(sentence: string, remedy: string, failed: Failed, cause?: unknown) {
    super(sentence, remedy, 1, cause);
    this.failed = failed;
  }
}

export const lastLines = (lab: Pick<Lab, 'board'>, machine: Machine): string[] => [
  ...(lab.board.boot(machine)?.lastLines ?? []),
];

/** The failure of one machine, with what its console said last. */
function machineFailure(lab: Pick<Lab, 'board'>, machine: Machine, step: string, why: string): LabFailure {
  const failed = { step, machine: machine.spec.name, lastLines: lastLines(lab, machine) };
  return new LabFailure(`${machine.spec.name} ${why}`, `Its console is in ${machine.consoleLog}.`, failed);
}

/** Waits until every one of `machines` is ready; fails as soon as one of them cannot become so. */
export async function allReady(lab: Lab, machines: readonly Machine[]): Promise<void> {
  for (;;) {
    for (const machine of machines) failIfBroken(lab, machine);
    const late = machines.find((machine) => !lab.board.isReady(machine));
    if (late === undefined) return;
    const boot = lab.board.boot(late);
    const step = boot === undefined ? 'power on' : (nextStage(boot) ?? 'ready');
    lab.waitingFor = { step, machine: late.spec.name, lastLines: lastLines(lab, late) };
    await lab.clock.sleep(POLL_MS, lab.signal);
  }
}

function failIfBroken(lab: Lab, machine: Machine): void {
  const boot = lab.board.boot(machine);
  if (boot === undefined || boot.failure === null) return;
  throw machineFailure(lab, machine, nextStage(boot) ?? 'ready', `failed: ${boot.failure}`);
}

/** Seconds that host0, once it serves, may take to send a machine its magic packet. */
const WAKE_SECONDS = 20;

/** Waits until host0 has woken `machine`: by a magic packet that came through the switch from host0's own address. */
export async function woken(lab: Lab, machine: Machine): Promise<void> {
  const end = lab.clock.now() + WAKE_SECONDS * 1000 * lab.factor;
  lab.waitingFor = { step: 'wake', machine: machine.spec.name, lastLines: [] };
  while (!machine.isOn) {
    failIfBroken(lab, lab.rack.host0);
    if (lab.clock.now() > end) throw neverWoke(lab, machine);
    await lab.clock.sleep(POLL_MS, lab.signal);
  }
  if (machine.cause === lab.rack.host0.spec.mac) return;
  throw machineFailure(lab, machine, 'wake', `was woken by ${machine.cause}, not by host0`);
}

function neverWoke(lab: Lab, machine: Machine): LabFailure {
  const { host0 } = lab.rack;
  const seconds = WAKE_SECONDS * lab.factor;
  const sentence = `${machine.spec.name} never woke: no magic packet for ${machine.spec.mac} reached its port in ${seconds} s`;
  const card = machine.wake.armed ? '' : ' (its card is not armed)';
  const remedy = `See host0's console, ${host0.consoleLog}, and what passed the switch, switch.pcap beside it.`;
  const failed = { step: 'wake', machine: machine.spec.name, lastLines: lastLines(lab, host0) };
  return new LabFailure(sentence + card, remedy, failed);
}

/** Asks host0's status until `fulfilled` says so. */
export async function statusWhere(lab: Lab, step: string, fulfilled: (status: Status) => boolean): Promise<Status> {
  const { host0, operator } = lab.rack;
  for (;;) {
    lab.waitingFor = { step, machine: host0.spec.name, lastLines: lastLines(lab, host0) };
    failIfBroken(lab, host0);
    failIfCutOff(lab);
    const status = await fetchStatus(operator.url, lab.signal);
    lab.status = status ?? lab.status;
    if (status !== undefined && fulfilled(status)) return status;
    await lab.clock.sleep(STATUS_POLL_MS, lab.signal);
  }
}

function failIfCutOff({ rack, waitingFor }: Lab): void {
  const { process } = rack.operator;
  if (process.isRunning()) return;
  const sentence = `the operator's way into the rack has ended: ${process.complaint()}`;
  throw new LabFailure(sentence, 'See what QEMU said, and start the lab again.', { ...waitingFor, machine: null });
}
