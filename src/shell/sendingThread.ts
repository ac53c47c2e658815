import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { Epoll } from './epoll.ts';
import { libc, wouldWait } from './systemCalls.ts';

/**
 * A thread that does nothing but give files in RAM to connections (sendfile(2)), for `Senders`. Here no answer waits for what
 * else the program does, nor does that wait for the kernel, which needs a millisecond for each call.
 */

/** Bytes `at` up to, not including, `to` of the file `file` are to go to `connection`: both are descriptors. */
export interface SendOrder {
  readonly id: number;
  readonly connection: number;
  readonly file: number;
  readonly at: number;
  readonly to: number;
}

/** What the thread is told: to send, or to leave off. */
export type Order = SendOrder | { readonly id: number; readonly leaveOff: true };

/** How far an order is. `over`: nothing more is done with its descriptors; less than all went out where the connection or the file has ended. */
export interface Progress {
  readonly id: number;
  readonly at: number;
  readonly over: boolean;
}

type Job = SendOrder & { at: number; told: number };

/** More than any connection takes at once. */
const CALL = 8 * 2 ** 20;
/** Milliseconds between two looks at the clock while nothing happens; so long does the end of the program take at most. */
const LOOK = 200;
/** Milliseconds between two tellings of how far an order is. */
const TELL = 1000;

class SendingThread {
  readonly #port: MessagePort;
  readonly #epoll = new Epoll();
  /** By connection. */
  readonly #jobs = new Map<number, Job>();
  /** Those whose connection has room, as far as is known. */
  readonly #ready = new Set<Job>();
  readonly #offset = Buffer.alloc(8);
  #toldAt = 0;

  constructor(port: MessagePort, bell: number) {
    this.#port = port;
    this.#epoll.addReader(bell);
  }

  /** Until all that was ordered is done, what is ordered meanwhile too. */
  obey(order: Order): void {
    this.#take(order);
    while (this.#jobs.size > 0) {
      for (const descriptor of this.#epoll.wait(this.#ready.size > 0 ? 0 : LOOK)) this.#hasRoom(descriptor);
      for (let next = this.#next(); next !== undefined; next = this.#next()) this.#take(next);
      for (const job of this.#ready) this.#send(job);
      if (performance.now() - this.#toldAt >= TELL) this.#tellAll();
    }
  }

  #next(): Order | undefined {
    // Only `Senders` writes to this port.
    return receiveMessageOnPort(this.#port)?.message as Order | undefined;
  }

  #take(order: Order): void {
    if ('leaveOff' in order) {
      for (const job of this.#jobs.values()) if (job.id === order.id) this.#end(job);
      return;
    }
    const job = { ...order, told: order.at };
    this.#jobs.set(job.connection, job);
    if (this.#epoll.addWriter(job.connection)) this.#ready.add(job);
    else this.#end(job);
  }

  #hasRoom(descriptor: number): void {
    const job = this.#jobs.get(descriptor);
    if (job !== undefined) this.#ready.add(job);
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
    this.#tell(job, true);
  }

  #tellAll(): void {
    this.#toldAt = performance.now();
    for (const job of this.#jobs.values()) if (job.at > job.told) this.#tell(job, false);
  }

  #tell(job: Job, over: boolean): void {
    job.told = job.at;
    this.#port.postMessage({ id: job.id, at: job.at, over } satisfies Progress);
  }
}

if (parentPort !== null) {
  const thread = new SendingThread(parentPort, (workerData as { bell: number }).bell);
  parentPort.on('message', (order: Order) => thread.obey(order));
}
