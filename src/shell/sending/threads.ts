import { writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { libc } from '../systemCalls.ts';
import { makeBell } from './epoll.ts';
import type { Order, Told } from './orders.ts';

/** As many as this program may use processors when it begins; more than four would not be faster than any network. */
const COUNT = Math.min(availableParallelism(), 4);
const THREAD = new URL('./thread.ts', import.meta.url);
/** It holds next to nothing; what Node would set aside for a program of its own is saved. */
const LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };
const RING = Buffer.from(new BigUint64Array([1n]).buffer);

/** Whoever gave an order hears of it: what the thread tells, and undefined where the thread has ended. */
type Hear = (told: Told | undefined) => void;

/** A thread that sends, as the program sees it. */
export class Thread {
  readonly #worker: Worker;
  readonly #bell = makeBell();
  readonly #hearers = new Map<number, Hear>();
  #state: 'begins' | 'works' | 'ended' = 'begins';

  /** `begun`: told when it works. */
  constructor(begun: () => void) {
    this.#worker = new Worker(THREAD, { workerData: { bell: this.#bell }, resourceLimits: LIMITS });
    this.#worker.on('online', () => {
      this.#state = 'works';
      begun();
    });
    this.#worker.on('message', (told: Told) => this.#hearers.get(told.id)?.(told));
    // Its end, which follows, is all that matters.
    this.#worker.on('error', () => undefined);
    this.#worker.on('exit', () => this.#ended());
    // Last: listening keeps the program alive.
    this.#worker.unref();
  }

  get works(): boolean {
    return this.#state === 'works';
  }

  get begins(): boolean {
    return this.#state === 'begins';
  }

  /** How much it has to do. */
  get load(): number {
    return this.#hearers.size;
  }

  hear(id: number, hear: Hear): void {
    this.#hearers.set(id, hear);
  }

  forget(id: number): void {
    this.#hearers.delete(id);
  }

  order(order: Order): void {
    if (!this.works) return;
    this.#worker.postMessage(order);
    writeSync(this.#bell, RING);
  }

  #ended(): void {
    this.#state = 'ended';
    libc().close(this.#bell);
    for (const hear of this.#hearers.values()) hear(undefined);
    this.#hearers.clear();
  }
}

let threads: readonly Thread[] = [];
let ids = 0;

/** For an order that was not given before. */
export const newId = (): number => ids++;

/** The one that has least to do; undefined where none works yet, or any more. With the first who asks all begin. */
export function freeThread(): Thread | undefined {
  return workingThreads().toSorted((a, b) => a.load - b.load)[0];
}

/** All that work; none where some still begin. */
export function allThreads(): readonly Thread[] {
  const working = workingThreads();
  return threads.some(({ begins }) => begins) ? [] : working;
}

function workingThreads(): readonly Thread[] {
  if (threads.length === 0) begin();
  return threads.filter(({ works }) => works);
}

/** One after the other, since each takes a processor for a while. */
function begin(): void {
  if (threads.length < COUNT) threads = [...threads, new Thread(begin)];
}
