import type { Socket } from 'node:dgram';
import type { Ipv4 } from '../core/net/ipv4.ts';
import { MessageVector, SLOT, SLOTS } from './messageVector.ts';
import { MSG_DONTWAIT } from './sockets.ts';
import { errnoName, libc } from './systemCalls.ts';
import type { Endpoint, UdpPort } from './udp.ts';

/**
 * Ports that answer many: a rack at power-on, a relay agent of hundreds. Node's own sockets take several calls and objects
 * for each datagram. Here Node only tells that something has come; the rest of it is fetched up to SLOTS datagrams a call
 * (recvmmsg(2)), and what is sent meanwhile goes out by one call (sendmmsg(2)).
 */

/** Calls in a row that may fetch; then whatever else waits for the event loop has its turn. */
const MOST_CALLS = 4;
const EAGAIN = 'EAGAIN';

/** One for all ports: nobody keeps what it is given, and no handler fetches. */
let loaded: MessageVector | undefined;

/** The port of a socket that is bound, whose descriptor is given. */
export function batchedPort(fd: number, socket: Socket): UdpPort {
  const inbox = (loaded ??= new MessageVector());
  const { port } = socket.address();
  const outbox = new Outbox(fd, socket);
  const inlet = new Inlet(fd, inbox);
  socket.on('message', (bytes, from) => {
    inlet.hear(bytes, { address: from.address as Ipv4, port: from.port });
    inlet.fetch();
  });
  return {
    port,
    send: (bytes, to, failed) => outbox.add(bytes, to, failed),
    receive: (handler) => void inlet.handlers.push(handler),
    close() {
      if (inlet.isClosed) return;
      inlet.isClosed = true;
      outbox.close();
      socket.close();
    },
  };
}

class Inlet {
  readonly handlers: ((bytes: Uint8Array, from: Endpoint) => void)[] = [];
  /** The number of a closed socket may be that of another one already. */
  isClosed = false;
  readonly #fd: number;
  readonly #inbox: MessageVector;
  /** Calls left in this turn of the event loop; Node itself reads on after each of its own. */
  #left = MOST_CALLS;

  constructor(fd: number, inbox: MessageVector) {
    this.#fd = fd;
    this.#inbox = inbox;
  }

  hear(bytes: Uint8Array, from: Endpoint): void {
    for (const handler of this.handlers) handler(bytes, from);
  }

  /** Takes what else is there. */
  fetch(): void {
    if (this.#left === MOST_CALLS) setImmediate(() => (this.#left = MOST_CALLS));
    let count = SLOTS;
    while (count === SLOTS && this.#left > 0 && !this.isClosed) {
      this.#left -= 1;
      count = libc().recvmmsg(this.#fd, this.#inbox.headers, SLOTS, MSG_DONTWAIT, null);
      for (let slot = 0; slot < count; slot += 1) this.#deliver(slot);
    }
  }

  #deliver(slot: number): void {
    const bytes = this.#inbox.bytes(slot);
    if (bytes !== undefined && !this.isClosed) this.hear(bytes, this.#inbox.from(slot));
  }
}

type Failed = ((error: Error) => void) | undefined;

/** Collects what is sent by one piece of work, and sends it when that is done. */
class Outbox {
  readonly #fd: number;
  readonly #socket: Socket;
  readonly #vector = new MessageVector();
  readonly #waiting: { readonly to: Endpoint; readonly failed: Failed }[] = [];
  #isClosed = false;

  constructor(fd: number, socket: Socket) {
    this.#fd = fd;
    this.#socket = socket;
  }

  add(bytes: Uint8Array, to: Endpoint, failed: Failed): void {
    if (this.#isClosed) return;
    if (bytes.length > SLOT) return this.#byNode(bytes, to, failed);
    if (this.#waiting.length === 0) queueMicrotask(() => this.#flush());
    this.#vector.put(this.#waiting.length, bytes, to);
    this.#waiting.push({ to, failed });
    if (this.#waiting.length === SLOTS) this.#flush();
  }

  close(): void {
    this.#flush();
    this.#isClosed = true;
  }

  #flush(): void {
    const count = this.#waiting.length;
    for (let slot = 0; slot < count;) {
      const sent = libc().sendmmsg(this.#fd, this.#vector.headersFrom(slot), count - slot, MSG_DONTWAIT);
      // Less than all: the next call says what is wrong with the one that was refused.
      if (sent > 0) slot += sent;
      else this.#refused(slot++, errnoName());
    }
    this.#waiting.length = 0;
  }

  #refused(slot: number, code: string): void {
    const { to, failed } = this.#waiting[slot] ?? { to: undefined, failed: undefined };
    if (code !== EAGAIN || to === undefined) return failed?.(new Error(`sending failed: ${code}`));
    // The card is busy; Node waits until there is room. By then the slot holds something else (a Buffer's slice copies nothing).
    this.#byNode(Uint8Array.from(this.#vector.sent(slot)), to, failed);
  }

  #byNode(bytes: Uint8Array, to: Endpoint, failed: Failed): void {
    this.#socket.send(bytes, to.port, to.address, (error) => (error === null ? undefined : failed?.(error)));
  }
}
