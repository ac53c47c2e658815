import { randomBytes } from 'node:crypto';
import { appendFileSync, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Mac } from '../src/core/net/mac.ts';
import { sentenceOf } from '../src/shell/fail.ts';
import { machineArguments, STICK, type MachineSpec } from './machine/arguments.ts';
import { ConsoleLines } from './machine/console.ts';
import { startQemu, type QemuProcess } from './shell/qemu.ts';
import { Qmp } from './machine/qmp.ts';
import type { Port } from './switch/port.ts';
import { wakeStep, type WakeState } from './switch/wake.ts';
import type { Tools } from './tools.ts';

/** Why a machine is on: somebody pressed its button, or a magic packet came from this address. */
export type Cause = 'button' | Mac;

/** What a machine tells. `seconds` are since its power-on. */
export interface MachineEvents {
  readonly on: (machine: Machine, cause: Cause) => void;
  readonly line: (machine: Machine, seconds: number, text: string) => void;
  readonly dhcp: (machine: Machine, seconds: number) => void;
  readonly reset: (machine: Machine, seconds: number) => void;
  /** `cut` tells a power cut of ours from an end of its own. */
  readonly off: (machine: Machine, end: { cut: boolean; code: number | string; complaint: string }) => void;
}

export interface MachinePlace {
  readonly tools: Tools;
  /** Its disks, variables and logs: kept over power cuts. */
  readonly folder: string;
  /** A folder with a short path for its sockets. */
  readonly sockets: string;
  readonly port: Port;
  readonly events: MachineEvents;
}

interface Power {
  readonly qemu: QemuProcess;
  readonly qmp: Qmp;
  readonly since: number;
  readonly nonce: string;
  cut: boolean;
}

/** One machine of the rack: off, or a QEMU process. */
export class Machine {
  readonly port: Port;
  wake: WakeState;
  /** Who pressed the button or sent the magic packet, last. */
  cause: Cause | null = null;
  #spec: MachineSpec;
  #place: MachinePlace;
  #power: Power | undefined;
  #powerOns = 0;
  #driveIsIn = false;
  #starting = false;

  constructor(spec: MachineSpec, wake: WakeState, place: MachinePlace) {
    this.#spec = spec;
    this.port = place.port;
    this.wake = wake;
    this.#place = place;
    mkdirSync(place.folder, { recursive: true });
    place.port.onMagic = (from) => this.#magicPacket(from);
  }

  get spec(): MachineSpec {
    return this.#spec;
  }

  /** Takes its card out and puts another one in; it is found with the next power-on. */
  changeCard(card: Pick<MachineSpec, 'card' | 'mac' | 'slot'>): void {
    this.#spec = { ...this.#spec, ...card };
  }

  get isOn(): boolean {
    return this.#power !== undefined;
  }

  get driveIsIn(): boolean {
    return this.#driveIsIn;
  }

  /** Chassis asset tag of this power-on; the ready code is made with it. */
  get nonce(): string {
    return this.#power?.nonce ?? '';
  }

  /** Seconds since power-on; 0 while off. */
  get seconds(): number {
    return this.#power === undefined ? 0 : (performance.now() - this.#power.since) / 1000;
  }

  get consoleLog(): string {
    return join(this.#place.folder, 'console.log');
  }

  async powerOn(cause: Cause = 'button'): Promise<void> {
    if (this.#power !== undefined || this.#starting) return;
    this.#starting = true;
    try {
      await this.#start(cause);
    } finally {
      this.#starting = false;
    }
  }

  async #start(cause: Cause): Promise<void> {
    const { folder, sockets, port, tools, events } = this.#place;
    const nonce = randomBytes(16).toString('hex');
    const wiring = { network: port.path, nonce, vars: join(folder, 'vars.fd') };
    if (tools.ovmf !== null && this.spec.firmware === 'uefi' && !existsSync(wiring.vars))
      copyFileSync(tools.ovmf.vars, wiring.vars);
    const path = join(sockets, `${this.spec.name}-${++this.#powerOns}.qmp`);
    const qmp = await Qmp.listen(path, (event) => this.#qmpEvent(event));
    const words = machineArguments(this.spec, tools, { ...wiring, qmp: path });
    this.#note(`==== power-on ${this.#powerOns} (${cause}) ====\n`);
    const qemu = startQemu(tools.qemu, words, this.#console());
    this.#power = { qemu, qmp, since: performance.now(), nonce, cut: false };
    this.cause = cause;
    this.#driveIsIn = this.spec.drive !== null;
    port.onDhcp = () => {
      port.onDhcp = undefined;
      events.dhcp(this, this.seconds);
    };
    void qemu.ended.then((code) => this.#ended(code));
    events.on(this, cause);
  }

  /** The plug is pulled: whatever the machine was about to do, it does not. */
  async powerCut(): Promise<void> {
    const power = this.#power;
    this.wake = wakeStep(this.wake, 'power lost');
    if (power === undefined) return;
    power.cut = true;
    power.qemu.kill();
    await power.qemu.ended;
  }

  async pullDrive(): Promise<void> {
    await this.#power?.qmp.execute('device_del', { id: STICK.id });
    this.#driveIsIn = false;
  }

  async plugDrive(): Promise<void> {
    await this.#power?.qmp.execute('device_add', STICK);
    this.#driveIsIn = true;
  }

  /** What the card's link says to the guest; the cable itself is the switch's matter. */
  async setLink(up: boolean): Promise<void> {
    await this.#power?.qmp.execute('set_link', { name: 'nic0', up });
  }

  /** Types on the serial console. */
  type(text: string): void {
    this.#power?.qemu.type(text);
  }

  /** The running system has armed the card, as the agent does at every boot. */
  armed(): void {
    this.wake = wakeStep(this.wake, 'system armed the card');
  }

  #magicPacket(from: Mac): void {
    if (this.#power !== undefined || !this.wake.armed) return;
    this.powerOn(from).catch((error: unknown) => {
      this.#place.events.off(this, { cut: false, code: 1, complaint: sentenceOf(error) });
    });
  }

  #qmpEvent(event: string): void {
    if (event === 'RESET') this.#place.events.reset(this, this.seconds);
  }

  #console(): (piece: string) => void {
    const lines = new ConsoleLines();
    return (piece) => {
      const seconds = this.seconds;
      appendFileSync(this.consoleLog, piece);
      for (const line of lines.push(piece)) {
        this.#note(`${seconds.toFixed(3).padStart(9)} ${line}\n`);
        this.#place.events.line(this, seconds, line);
      }
    };
  }

  /** The same console with the time of each line. */
  #note(line: string): void {
    appendFileSync(join(this.#place.folder, 'console.times.log'), line);
  }

  #ended(code: number | string): void {
    const power = this.#power;
    if (power === undefined) return;
    this.#power = undefined;
    this.#place.port.onDhcp = undefined;
    power.qmp.close();
    this.#note(`==== off (${power.cut ? 'power cut' : code}) ====\n`);
    this.#place.events.off(this, { cut: power.cut, code, complaint: power.qemu.complaint() });
  }
}
