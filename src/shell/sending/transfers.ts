import { readAck, readTftp, STRANGER } from '../../core/tftp/packet.ts';
import type { TransferEvent } from '../../core/tftp/transfer.ts';
import { machineNow } from '../clock.ts';
import { MessageVector, SLOTS } from '../messageVector.ts';
import { lineTo, RunOutbox } from '../runOutbox.ts';
import { encodeAddress, MSG_DONTWAIT, MSG_WAITFORONE } from '../sockets.ts';
import { libc } from '../systemCalls.ts';
import type { Epoll } from './epoll.ts';
import { REST, type CarryOrder, type Told } from './orders.ts';
import { Part } from './part.ts';

/** Calls in a row that may fetch from one socket; then others have their turn. */
const MOST_CALLS = 4;
/** Clients who speak at the same time: where there are more, there is no rest in which to write ahead. */
const FEW = 4;
/** Milliseconds between two looks at all else while somebody near is waited for. */
const ELSE = 1;
/** Milliseconds after which all parts are looked at, whatever is due: another thread may have ended a transfer. */
const LOOK = 1000;
export interface TransfersMeans {
  readonly tell: (told: Told) => void;
  /** Takes the orders that have come: the transfer of somebody unknown may be among them. */
  readonly catchUp: () => void;
}

/** A socket, and the parts in the transfers that share it, by client. */
interface Shared {
  readonly socket: number;
  readonly parts: Map<number, Part>;
}

/** A thread's parts in the transfers of TFTP. What has come from all clients is fetched by one call, and answered by one. */
export class Transfers {
  readonly #epoll: Epoll;
  readonly #means: TransfersMeans;
  readonly #sockets = new Map<number, Shared>();
  readonly #inbox = new MessageVector();
  readonly #outbox = new RunOutbox();
  /** How often parts were fed since all was sent, and the first of them whose clients take their time. */
  #fed = 0;
  readonly #rest: Part[] = [];
  /** When something is due, or may be. */
  #alarm = Infinity;
  /** The only socket whose transfers are under way, where there is one. */
  #only: Shared | undefined;
  /** Whether something came to it of late, and when all else is to be looked at. */
  #hasCome = false;
  #elseAt = 0;

  constructor(epoll: Epoll, means: TransfersMeans) {
    [this.#epoll, this.#means] = [epoll, means];
  }

  get isBusy(): boolean {
    return this.#sockets.size > 0;
  }

  /** Whether what comes next is waited for by `hearNext`. */
  get isNear(): boolean {
    return this.#hasCome && this.#only !== undefined;
  }

  open(socket: number): void {
    this.#sockets.set(socket, { socket, parts: new Map() });
    this.#epoll.addReader(socket, 'while there is');
  }

  close(socket: number): void {
    this.#sockets.delete(socket);
    this.#only = undefined;
    this.#epoll.remove(socket);
    libc().close(socket);
  }

  carry(order: CarryOrder, now: number): void {
    const part = new Part(order, this.#outbox, this.#means.tell);
    this.#sockets.get(order.socket)?.parts.set(order.key, part);
    if (order.isMine) part.begin(now);
    this.#findOnly();
    this.#alarm = Math.min(this.#alarm, now + LOOK, part.due(now));
  }

  again(id: number, now: number): void {
    for (const { parts } of this.#sockets.values())
      for (const part of parts.values()) if (part.id === id) this.#feed(part, { kind: 'again' }, now);
  }

  /** Milliseconds until something is due, `longest` at most. */
  pause(now: number, longest: number): number {
    return Math.max(0, Math.min(longest, Math.ceil(this.#alarm - now)));
  }

  /** Repeats what is due, and sends all that was said. */
  turn(now: number): void {
    if (now >= this.#alarm) this.#look(now);
    this.#outbox.flush();
    if (this.#fed > 0) this.#writeAhead();
  }

  /** Takes what has come to a socket; whether it is one of these. */
  hear(socket: number): boolean {
    const shared = this.#sockets.get(socket);
    if (shared === undefined) return false;
    for (let calls = 0; calls < MOST_CALLS && this.#take(shared, MSG_DONTWAIT) === SLOTS; calls += 1)
      this.#outbox.flush();
    return true;
  }

  /**
   * Where clients answer at once, as on this machine or on a fast network, and all by one socket: waits there for a few
   * milliseconds, which is cheaper than to be told of each datagram and then to fetch it. False where it is time to look at all
   * that can happen.
   */
  hearNext(now: number): boolean {
    const only = this.#only;
    if (only === undefined || !this.#hasCome || now >= this.#elseAt) {
      this.#elseAt = now + ELSE;
      return false;
    }
    this.#hasCome = this.#take(only, MSG_WAITFORONE) > 0;
    return true;
  }

  #take(shared: Shared, flags: number): number {
    const count = libc().recvmmsg(shared.socket, this.#inbox.headers, SLOTS, flags, null);
    const now = machineNow();
    if (count > 0) this.#hasCome = true;
    for (let slot = 0; slot < count; slot += 1) {
      const bytes = this.#inbox.bytes(slot);
      if (bytes !== undefined) this.#heard(shared, slot, bytes, now);
    }
    return count;
  }

  #heard(shared: Shared, slot: number, bytes: Uint8Array, now: number): void {
    const part = this.#partOf(shared, this.#inbox.key(slot));
    const block = readAck(bytes);
    if (part !== undefined && block !== undefined) {
      part.ack(block, now);
      return this.#watch(part, now);
    }
    const packet = readTftp(bytes);
    if (part !== undefined) return packet?.kind === 'error' ? this.#feed(part, packet, now) : undefined;
    // Never an error for an error: two programs would tell each other for ever.
    if (packet === undefined || packet.kind === 'error') return;
    this.#outbox.room(STRANGER.length).set(STRANGER);
    const line = lineTo(encodeAddress(this.#inbox.from(slot)), false);
    this.#outbox.add(shared.socket, line, STRANGER.length, STRANGER.length);
  }

  #partOf({ parts }: Shared, key: number): Part | undefined {
    const part = parts.get(key);
    if (part !== undefined) return part;
    this.#means.catchUp();
    return parts.get(key);
  }

  #feed(part: Part, event: TransferEvent, now: number): void {
    part.feed(event, now);
    this.#watch(part, now);
  }

  #watch(part: Part, now: number): void {
    this.#alarm = Math.min(this.#alarm, part.due(now));
    if (this.#fed++ < FEW && part.rests) this.#rest.push(part);
  }

  /** Where only a few clients have spoken, and take their time, what they want next is written meanwhile. */
  #writeAhead(): void {
    for (let part = this.#rest.pop(); part !== undefined; part = this.#rest.pop())
      if (this.#fed <= FEW) part.writeAhead();
    this.#fed = 0;
  }

  #look(now: number): void {
    this.#alarm = now + LOOK;
    for (const { parts } of this.#sockets.values()) {
      for (const part of parts.values()) {
        if (part.overAt === undefined) {
          part.look(now);
          this.#alarm = Math.min(this.#alarm, part.due(now));
        } else if (now - part.overAt >= REST) parts.delete(part.key);
      }
    }
    this.#findOnly();
  }

  #findOnly(): void {
    const used = [...this.#sockets.values()].filter(({ parts }) => hasLive(parts));
    this.#only = used.length === 1 ? used[0] : undefined;
  }
}

function hasLive(parts: ReadonlyMap<number, Part>): boolean {
  for (const { overAt } of parts.values()) if (overAt === undefined) return true;
  return false;
}
