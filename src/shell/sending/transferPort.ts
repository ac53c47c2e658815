import type { Ipv4 } from '../../core/net/ipv4.ts';
import { libc } from '../systemCalls.ts';
import { REST } from './orders.ts';
import { openReusedPort } from './reusedPort.ts';
import { newId, type Thread } from './threads.ts';

/** Clients of one port at most, where its buffers can be made large enough. */
const MOST_CLIENTS = 64;
const MOST_RESTING = 1024;

/** A port that transfers share: their clients are told apart by address and port (RFC 1350 4 asks no more). Each thread has a socket of it. */
export class TransferPort {
  readonly address: Ipv4;
  readonly #sockets = new Map<Thread, number>();
  readonly #id = newId();
  readonly #most: number;
  readonly #clients = new Set<number>();
  /** Until when a client is not given the same port again: an old ACK must not be taken for one of its next transfer. */
  readonly #resting = new Map<number, number>();
  #closing: NodeJS.Timeout | undefined;
  #turns = 0;

  /** Throws where the system refuses. */
  constructor(address: Ipv4, threads: readonly Thread[]) {
    this.address = address;
    const { sockets, isLarge } = openReusedPort(address, threads.length);
    this.#most = isLarge ? MOST_CLIENTS : 1;
    threads.forEach((thread, index) => this.#give(thread, sockets[index] ?? -1));
  }

  #give(thread: Thread, socket: number): void {
    this.#sockets.set(thread, socket);
    thread.order({ kind: 'open', socket });
    // What nobody reads any more must not be received: without its socket the others get it.
    thread.hear(this.#id, (told) => {
      if (told === undefined && this.#sockets.delete(thread)) libc().close(socket);
    });
  }

  /** Whether a client can be told apart here from others, and from what it sent before. */
  suits(client: number, now: number): boolean {
    if (this.#clients.size >= this.#most || this.#clients.has(client) || this.#sockets.size === 0) return false;
    return (this.#resting.get(client) ?? 0) <= now;
  }

  /** The threads with their sockets; each time another one comes last. */
  join(client: number): readonly (readonly [Thread, number])[] {
    clearTimeout(this.#closing);
    this.#resting.delete(client);
    this.#clients.add(client);
    const all = [...this.#sockets];
    const first = this.#turns++ % all.length;
    return [...all.slice(first), ...all.slice(0, first)];
  }

  /** `idle` is told when nobody has used the port for a while, and it is closed. */
  leave(client: number, now: number, idle: () => void): void {
    this.#clients.delete(client);
    this.#resting.set(client, now + REST);
    const [oldest] = this.#resting.keys();
    if (this.#resting.size > MOST_RESTING && oldest !== undefined) this.#resting.delete(oldest);
    if (this.#clients.size > 0) return;
    this.#closing = setTimeout(() => {
      this.#close();
      idle();
    }, REST).unref();
  }

  #close(): void {
    for (const [thread, socket] of this.#sockets) {
      thread.forget(this.#id);
      thread.order({ kind: 'close', socket });
    }
    this.#sockets.clear();
  }
}
