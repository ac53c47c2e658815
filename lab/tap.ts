import { run } from '../src/shell/run.ts';
import { hubArguments } from './hub.ts';
import { startQemu, type QemuProcess } from './shell/qemu.ts';

let made = 0;

/** A network namespace with one card, whose cable leads to the rack's switch: what runs in it is a machine of the rack. Needs root. */
export class TapSpace {
  readonly name = `pxtap${process.pid}x${++made}`;
  static readonly card = 'net0';
  #cable: QemuProcess | undefined;

  /** `address` as 10.1.2.1/24. The switch must listen at `socket` already. */
  async open(qemu: string, socket: string, address: string): Promise<void> {
    const { name } = this;
    const { card } = TapSpace;
    for (const step of [
      `netns add ${name}`,
      `-n ${name} link set lo up`,
      `-n ${name} tuntap add ${card} mode tap`,
      `-n ${name} address add ${address} dev ${card}`,
      `-n ${name} link set ${card} up`,
    ]) {
      await run(['ip', ...step.split(' ')]);
    }
    const words = hubArguments(name, socket, `tap,ifname=${card},script=no,downscript=no`);
    this.#cable = startQemu('ip', ['netns', 'exec', name, qemu, ...words], () => undefined);
  }

  async close(): Promise<void> {
    this.#cable?.kill();
    await this.#cable?.ended;
    await run(['ip', 'netns', 'del', this.name], { accept: [0, 1] });
  }
}
