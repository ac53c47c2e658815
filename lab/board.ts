import type { Machine, MachineEvents } from './machine.ts';
import { bootStep, isReady, powerOn, restarted, type Boot, type BootEvent } from './progress.ts';
import { readyCode } from './rack.ts';

/** What happened to a machine, for whoever watches. */
export type Told = (machine: Machine, at: number, what: string) => void;

/** Follows the boots of all machines, each from its last power-on. */
export class Board {
  readonly #boots = new Map<string, Boot>();
  readonly #told: Told;

  constructor(told: Told) {
    this.#told = told;
  }

  boot(machine: Machine): Boot | undefined {
    return this.#boots.get(machine.spec.name);
  }

  isReady(machine: Machine): boolean {
    const boot = this.boot(machine);
    return machine.isOn && boot !== undefined && isReady(boot);
  }

  readonly events: MachineEvents = {
    on: (machine, cause) => {
      const from = machine.spec.drive === null ? 'network' : 'drive';
      this.#boots.set(machine.spec.name, powerOn(from, readyCode(machine.nonce, machine.spec.uuid)));
      this.#told(machine, 0, cause === 'button' ? 'power on' : `woken by ${cause}`);
    },
    line: (machine, seconds, text) => this.#step(machine, { kind: 'line', text }, seconds),
    dhcp: (machine, seconds) => this.#step(machine, { kind: 'dhcp' }, seconds),
    reset: (machine, seconds) => {
      const boot = this.boot(machine);
      if (boot !== undefined) this.#boots.set(machine.spec.name, restarted(boot));
      this.#told(machine, seconds, 'reset itself');
    },
    off: (machine, end) => {
      const boot = this.boot(machine);
      if (boot !== undefined && !end.cut) {
        const said = end.complaint === '' ? '' : `: ${end.complaint}`;
        this.#boots.set(machine.spec.name, { ...boot, failure: `its QEMU ended with ${end.code}${said}` });
      }
      this.#told(machine, 0, end.cut ? 'power cut' : 'went off by itself');
    },
  };

  #step(machine: Machine, event: BootEvent, seconds: number): void {
    const before = this.boot(machine);
    if (before === undefined) return;
    const after = bootStep(before, event, seconds);
    this.#boots.set(machine.spec.name, after);
    if (after.panics > before.panics) this.#told(machine, seconds, 'PANICKED, and will restart by itself');
    if (after.seconds !== before.seconds) this.#told(machine, seconds, stageReached(before, after));
    // The agent arms the card of its host at every boot.
    if (!isReady(before) && isReady(after)) machine.armed();
  }
}

function stageReached(before: Boot, after: Boot): string {
  const [stage = ''] = Object.entries(after.seconds).find(
    ([stage, at]) => at !== null && before.seconds[stage as keyof Boot['seconds']] === null,
  ) ?? [''];
  return stage;
}
