import { libc, wouldWait } from '../systemCalls.ts';
import type { Epoll } from './epoll.ts';
import type { SendOrder, Told } from './orders.ts';

type Job = SendOrder & { at: number; told: number };

/** More than any connection takes at once. */
const CALL = 8 * 2 ** 20;
/** Milliseconds between two tellings of how far an order is. */
const TELL = 1000;

/** Files in RAM on their way to connections (sendfile(2)), a piece to each in its turn. */
export class Connections {
  readonly #epoll: Epoll;
  readonly #tell: (told: Told) => void;
  /** By connection. */
  readonly #jobs = new Map<number, Job>();
  /** Those whose connection has room, as far as is known. */
  readonly #ready = new Set<Job>();
  readonly #offset = Buffer.alloc(8);
  #toldAt = 0;

  constructor(epoll: Epoll, tell: (told: Told) => void) {
    this.#epoll = epoll;
    this.#tell = tell;
  }

  get isBusy(): boolean {
    return this.#jobs.size > 0;
  }

  /** Whether something can be sent at once. */
  get isReady(): boolean {
    return this.#ready.size > 0;
  }

  send(order: SendOrder): void {
    const job = { ...order, told: order.at };
    this.#jobs.set(job.connection, job);
    if (this.#epoll.addWriter(job.connection)) this.#ready.add(job);
    else this.#end(job);
  }

  leaveOff(id: number): void {
    for (const job of this.#jobs.values()) if (job.id === id) this.#end(job);
  }

  /** Whether it is one of these connections. */
  hasRoom(descriptor: number): boolean {
    const job = this.#jobs.get(descriptor);
    if (job !== undefined) this.#ready.add(job);
    return job !== undefined;
  }

  /** Sends a piece of each. */
  turn(): void {
    for (const job of this.#ready) this.#send(job);
    if (this.isBusy && performance.now() - this.#toldAt >= TELL) this.#tellAll();
  }

  #send(job: Job): void {
    const wanted = Math.min(CALL, job.to - job.at);
    this.#offset.writeBigInt64LE(BigInt(job.at));
    const sent = libc().sendfile(job.connection, job.file, this.#offset, wanted);
    if (sent < 0 && wouldWait()) this.#ready.delete(job);
    else if (sent <= 0) this.#end(job);
    else this.#went(job, sent);
  }

  #went(job: Job, bytes: number): void {
    job.at += bytes;
    if (job.at === job.to) this.#end(job);
  }

  #end(job: Job): void {
    this.#epoll.remove(job.connection);
    this.#jobs.delete(job.connection);
    this.#ready.delete(job);
    this.#told(job, true);
  }

  #tellAll(): void {
    this.#toldAt = performance.now();
    for (const job of this.#jobs.values()) if (job.at > job.told) this.#told(job, false);
  }

  #told(job: Job, over: boolean): void {
    job.told = job.at;
    this.#tell({ kind: 'sent', id: job.id, at: job.at, over });
  }
}
