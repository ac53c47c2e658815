import { writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { makeBell } from './epoll.ts';
import type { Order, Progress, SendOrder } from './sendingThread.ts';
import { libc } from './systemCalls.ts';

/** What is to be sent: bytes `at` up to, not including, `to` of a file. */
type Wanted = Omit<SendOrder, 'id'>;

export interface Watch {
  /** Told each second, and at the end, up to which byte all went out. */
  readonly told: (at: number) => void;
  /** Ends it early. */
  readonly leaveOff: AbortSignal;
}

interface Job {
  readonly told: Watch['told'];
  readonly over: (at: number | undefined) => void;
}

/** More threads than this would not be faster than any network. */
const MOST = 4;
const THREAD = new URL('./sendingThread.ts', import.meta.url);
/** It holds next to nothing; what Node would set aside for a program of its own is saved. */
const LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };
const RING = Buffer.from(new BigUint64Array([1n]).buffer);

/** A thread that sends files, as the program sees it. */
class Sender {
  readonly #worker: Worker;
  readonly #bell = makeBell();
  readonly #jobs = new Map<number, Job>();
  #ids = 0;
  #state: 'begins' | 'works' | 'ended' = 'begins';

  /** `begun`: told when it works. */
  constructor(begun: () => void) {
    this.#worker = new Worker(THREAD, { workerData: { bell: this.#bell }, resourceLimits: LIMITS });
    this.#worker.on('online', () => {
      this.#state = 'works';
      begun();
    });
    this.#worker.on('message', (progress: Progress) => this.#heard(progress));
    // Its end, which follows, is all that matters.
    this.#worker.on('error', () => undefined);
    this.#worker.on('exit', () => this.#ended());
    // Last: listening keeps the program alive.
    this.#worker.unref();
  }

  get works(): boolean {
    return this.#state === 'works';
  }

  get load(): number {
    return this.#jobs.size;
  }

  /** Up to which byte all went out; undefined where the thread itself ended, and nobody knows. */
  async send(wanted: Wanted, { told, leaveOff }: Watch): Promise<number | undefined> {
    const id = this.#ids++;
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    this.#jobs.set(id, { told, over: resolve });
    const leave = (): void => this.#order({ id, leaveOff: true });
    this.#order({ id, ...wanted });
    leaveOff.addEventListener('abort', leave);
    const at = await promise;
    leaveOff.removeEventListener('abort', leave);
    return at;
  }

  #order(order: Order): void {
    this.#worker.postMessage(order);
    writeSync(this.#bell, RING);
  }

  #heard({ id, at, over }: Progress): void {
    const job = this.#jobs.get(id);
    job?.told(at);
    if (!over) return;
    this.#jobs.delete(id);
    job?.over(at);
  }

  #ended(): void {
    this.#state = 'ended';
    libc().close(this.#bell);
    for (const { over } of this.#jobs.values()) over(undefined);
    this.#jobs.clear();
  }
}

const senders: Sender[] = [];

/** The one that has least to do; undefined where none works yet, or any more. With the first who asks all begin. */
export function freeSender(): Sender | undefined {
  if (senders.length === 0) begin();
  return senders.filter(({ works }) => works).toSorted((a, b) => a.load - b.load)[0];
}

/** One after the other, since each takes a processor for a while. There are as many as processors. */
function begin(): void {
  if (senders.length < Math.min(availableParallelism(), MOST)) senders.push(new Sender(begin));
}
