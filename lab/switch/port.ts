import { createServer, type Server, type Socket } from 'node:net';
import { macBytes, macOfBytes, type Mac } from '../../src/core/net/mac.ts';
import { isMagicFor } from './frame.ts';
import { Framer, LENGTH_BYTES, type EachFrame } from './framer.ts';
import { NO_FAULTS, type Faults } from './faults.ts';
import { MEMBER, type Membership } from './forwarding.ts';
import { admission, SOFT_LIMIT, STALLED_AFTER, type Admission } from './queue.ts';

export interface PortOptions {
  readonly name: string;
  /** Unix socket that QEMU's `-netdev stream,server=off` connects to. At most 107 characters (unix(7)). */
  readonly path: string;
  /** Address of the machine's card; only a port that has one wakes. */
  readonly mac?: Mac;
  readonly member?: Partial<Membership>;
}

/** What the switch wants of a port's machine. */
export interface PortEvents {
  readonly frame: EachFrame;
  readonly endOfPiece: () => void;
  readonly linkDown: () => void;
}

/** A socket of the switch. It stays when its machine is off: then it listens for the magic packet. */
export class Port {
  readonly name: string;
  readonly path: string;
  readonly mac: Mac | undefined;
  member: Membership;
  faults: Faults = NO_FAULTS;
  /** Called with the sender of a magic packet for the machine that is off. */
  onMagic: ((from: Mac) => void) | undefined;
  /** Called for each DHCP request of the machine while set. */
  onDhcp: (() => void) | undefined;
  dropped = 0;
  #socket: Socket | undefined;
  #server: Server | undefined;
  #lastTaken = 0;
  #held = new Set<Port>();
  #release: NodeJS.Timeout | undefined;

  constructor(options: PortOptions) {
    this.name = options.name;
    this.path = options.path;
    this.mac = options.mac;
    this.member = { ...MEMBER, ...options.member };
  }

  get isUp(): boolean {
    return this.#socket !== undefined;
  }

  async listen(events: PortEvents): Promise<void> {
    const server = createServer((socket) => this.#attach(socket, events));
    this.#server = server;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(this.path, resolve);
    await promise;
  }

  #attach(socket: Socket, events: PortEvents): void {
    this.#socket?.destroy();
    this.#socket = socket;
    const framer = new Framer();
    socket.on('data', (piece: Buffer) => {
      try {
        framer.push(piece, events.frame);
      } catch {
        socket.destroy();
      }
      events.endOfPiece();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#letGo();
      events.linkDown();
    });
  }

  /** Sends framed bytes, one frame or many on end. Says what became of them, for the sender to be held. */
  send(bytes: Buffer): Admission {
    const socket = this.#socket;
    if (socket === undefined) return 'drop';
    const now = performance.now();
    if (socket.writableLength === 0) this.#lastTaken = now;
    const verdict = admission(socket.writableLength, now - this.#lastTaken);
    if (verdict === 'drop') this.dropped++;
    else socket.write(bytes, () => this.#taken());
    return verdict;
  }

  #taken(): void {
    this.#lastTaken = performance.now();
    if (this.#held.size > 0 && (this.#socket?.writableLength ?? 0) < SOFT_LIMIT / 2) this.#letGo();
  }

  /** Reads no more from `sender` until this port's queue is shorter, or the port has shown itself deaf. */
  hold(sender: Port): void {
    this.#held.add(sender);
    sender.#socket?.pause();
    this.#release ??= setTimeout(() => this.#letGo(), STALLED_AFTER);
  }

  #letGo(): void {
    clearTimeout(this.#release);
    this.#release = undefined;
    for (const sender of this.#held) sender.#socket?.resume();
    this.#held.clear();
  }

  /** A frame delivered to the port of a machine that is off: all it can do is wake it. */
  deliverAsleep(framed: Buffer): void {
    if (this.onMagic === undefined || this.mac === undefined) return;
    const frame = framed.subarray(LENGTH_BYTES);
    if (isMagicFor(frame, macBytes(this.mac))) this.onMagic(macOfBytes(frame.subarray(6, 12)));
  }

  cork(): void {
    this.#socket?.cork();
  }

  uncork(): void {
    this.#socket?.uncork();
  }

  close(): void {
    this.#letGo();
    this.#socket?.destroy();
    this.#server?.close();
  }
}
