import { readRecord, RECORD, writeRecord, type Lasting } from '../../core/tftp/record.ts';
import type { Transfer } from '../../core/tftp/transfer.ts';

/** A word for the lock; what follows begins at a multiple of eight. */
const LOCK = 8;
/** Milliseconds until it is tried anew to have a lock, and how often: who has it needs microseconds, unless it waits for a processor, or has ended. */
const RETRY = 0.1;
const MOST_TRIES = 500;

export const transferMemory = (): SharedArrayBuffer =>
  new SharedArrayBuffer(LOCK + RECORD * Float64Array.BYTES_PER_ELEMENT);

/** A transfer that several threads carry on, one at a time. */
export class SharedTransfer {
  readonly lasting: Lasting;
  /** To look at without the lock; each number of it is whole. */
  readonly record: Float64Array;
  readonly #lock: Int32Array;

  constructor(memory: SharedArrayBuffer, lasting: Lasting) {
    this.lasting = lasting;
    this.#lock = new Int32Array(memory, 0, 1);
    this.record = new Float64Array(memory, LOCK, RECORD);
  }

  /** Whether it could be had. */
  lock(): boolean {
    for (let tries = 0; Atomics.compareExchange(this.#lock, 0, 0, 1) !== 0; tries += 1) {
      if (tries === MOST_TRIES) return false;
      // Nobody wakes us: that two want the same at once is too rare to make each release dearer.
      Atomics.wait(this.#lock, 0, 1, RETRY);
    }
    return true;
  }

  unlock(): void {
    Atomics.store(this.#lock, 0, 0);
  }

  /** Undefined before it has begun. */
  get state(): Transfer | undefined {
    return readRecord(this.record, this.lasting);
  }

  set state(state: Transfer) {
    writeRecord(this.record, state);
  }
}
