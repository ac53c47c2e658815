import type { Chance } from './switch/chance.ts';
import type { Capture } from './switch/capture.ts';
import { fateThrough, isFaulty, type Faults } from './switch/faults.ts';
import { Forwarding, portBit, type Membership, type PortSet } from './switch/forwarding.ts';
import { isDhcpRequest } from './switch/frame.ts';
import { LENGTH_BYTES } from './switch/framer.ts';
import { Port, type PortOptions } from './switch/port.ts';

/** Frames that stand on end in one buffer and go to the same ports: they travel as one piece. */
interface Run {
  readonly bytes: Buffer;
  readonly start: number;
  readonly targets: PortSet;
  end: number;
}

/** A learning Ethernet switch on QEMU's stream sockets. Needs no root, no bridge and no tap. */
export class Switch {
  readonly #chance: Chance;
  readonly #forwarding = new Forwarding();
  readonly #ports: Port[] = [];
  readonly #captures = new Map<Capture, PortSet>();
  readonly #delayed = new Set<NodeJS.Timeout>();
  #run: Run | undefined;
  #corked: PortSet = 0;
  #faulty: PortSet = 0;

  /** All that goes wrong follows from `chance`. */
  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** Opens a port; machines connect to its unix socket from then on. */
  async addPort(options: PortOptions): Promise<Port> {
    const port = new Port(options);
    const index = this.#forwarding.addPort(port.member);
    this.#ports[index] = port;
    await port.listen({
      frame: (bytes, start, end) => this.#frame(index, bytes, start, end),
      endOfPiece: () => this.#endOfPiece(index),
      linkDown: () => this.#forwarding.forget(index),
    });
    return port;
  }

  /** The port of that name. */
  port(name: string): Port {
    const found = this.#ports.find((port) => port.name === name);
    if (found === undefined) throw new RangeError(`the switch has no port ${name}`);
    return found;
  }

  /** Pulls or plugs a cable, moves a port to a VLAN or to one side of a partition. */
  change(port: Port, member: Partial<Membership>): void {
    port.member = { ...port.member, ...member };
    this.#forwarding.change(this.#ports.indexOf(port), port.member);
  }

  /** Parts the switch: ports of `side` hear only each other until `heal`. */
  partition(side: readonly Port[]): void {
    for (const port of this.#ports) this.change(port, { side: side.includes(port) ? 1 : 0 });
  }

  heal(): void {
    this.partition([]);
  }

  fault(port: Port, faults: Faults): void {
    port.faults = faults;
    this.#faulty = this.#ports.reduce((set, port, at) => (isFaulty(port.faults) ? set | portBit(at) : set), 0);
  }

  /** Records all that comes in at any port, or all that passes one port, until the capture is taken off. */
  capture(capture: Capture, port?: Port): void {
    this.#captures.set(capture, port === undefined ? ~0 : portBit(this.#ports.indexOf(port)));
  }

  endCapture(capture: Capture): void {
    this.#captures.delete(capture);
    capture.close();
  }

  close(): void {
    for (const timer of this.#delayed) clearTimeout(timer);
    for (const port of this.#ports) port.close();
    for (const capture of this.#captures.keys()) this.endCapture(capture);
  }

  #frame(from: number, bytes: Buffer, start: number, end: number): void {
    const at = start + LENGTH_BYTES;
    const port = this.#ports[from];
    if (port?.onDhcp !== undefined && isDhcpRequest(bytes, at)) port.onDhcp();
    const targets = this.#forwarding.targets(from, bytes, at);
    if (this.#captures.size > 0) this.#record(portBit(from), targets, bytes.subarray(at, end));
    if (targets === 0) return;
    if (((targets | portBit(from)) & this.#faulty) !== 0) this.#sendWithFaults(from, targets, bytes, start, end);
    else this.#extendRun(from, targets, bytes, start, end);
  }

  #record(from: PortSet, targets: PortSet, frame: Buffer): void {
    const at = performance.timeOrigin + performance.now();
    for (const [capture, ports] of this.#captures) {
      if (((targets | from) & ports) !== 0 || ports === ~0) capture.add(at, frame);
    }
  }

  #extendRun(from: number, targets: PortSet, bytes: Buffer, start: number, end: number): void {
    const run = this.#run;
    if (run !== undefined && run.bytes === bytes && run.targets === targets && run.end === start) {
      run.end = end;
      return;
    }
    this.#sendRun(from);
    this.#run = { bytes, start, end, targets };
  }

  #sendRun(from: number): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    const piece = run.bytes.subarray(run.start, run.end);
    this.#eachPort(run.targets, (port, at) => {
      if (port.isUp) this.#sendTo(from, port, at, piece);
      else eachFrame(piece, (framed) => port.deliverAsleep(framed));
    });
  }

  #sendTo(from: number, port: Port, at: number, piece: Buffer): void {
    if ((this.#corked & portBit(at)) === 0) port.cork();
    this.#corked |= portBit(at);
    const sender = this.#ports[from];
    if (port.send(piece) === 'hold' && sender !== undefined) port.hold(sender);
  }

  #sendWithFaults(from: number, targets: PortSet, bytes: Buffer, start: number, end: number): void {
    this.#sendRun(from);
    const entry = this.#ports[from]?.faults;
    const framed = bytes.subarray(start, end);
    this.#eachPort(targets, (port) => {
      if (entry === undefined) return;
      for (const wait of fateThrough(entry, port.faults, this.#chance)) this.#later(wait, port, framed);
    });
  }

  #later(wait: number, port: Port, framed: Buffer): void {
    const timer = setTimeout(() => {
      this.#delayed.delete(timer);
      if (port.isUp) port.send(framed);
      else port.deliverAsleep(framed);
    }, wait);
    this.#delayed.add(timer);
  }

  #endOfPiece(from: number): void {
    this.#sendRun(from);
    this.#eachPort(this.#corked, (port) => port.uncork());
    this.#corked = 0;
  }

  #eachPort(ports: PortSet, visit: (port: Port, at: number) => void): void {
    for (let rest = ports; rest !== 0; rest &= rest - 1) {
      const at = 31 - Math.clz32(rest & -rest);
      const port = this.#ports[at];
      if (port !== undefined) visit(port, at);
    }
  }
}

function eachFrame(piece: Buffer, visit: (framed: Buffer) => void): void {
  for (let at = 0; at < piece.length;) {
    const end = at + LENGTH_BYTES + piece.readUInt32BE(at);
    visit(piece.subarray(at, end));
    at = end;
  }
}
