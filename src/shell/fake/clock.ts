import type { Clock } from '../clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that passes only when a test lets it. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper: Sleeper = { at: this.#now + Math.max(0, milliseconds), wake: resolve };
    const aborted = (): void => {
      this.#sleepers.delete(sleeper);
      reject(new Error('the sleep was ended'));
    };
    if (signal?.aborted === true) aborted();
    else this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', aborted, { once: true });
    return promise.finally(() => signal?.removeEventListener('abort', aborted));
  }

  /** Lets so much time pass, waking every sleeper in its turn and letting it finish what it does. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    for (await settled(); ; await settled()) {
      const next = this.#earliest();
      if (next === undefined || next.at > until) break;
      this.#now = Math.max(this.#now, next.at);
      this.#sleepers.delete(next);
      next.wake();
    }
    this.#now = until;
  }

  #earliest(): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.#sleepers) if (first === undefined || sleeper.at < first.at) first = sleeper;
    return first;
  }
}

/** Everything that was promised and needs no more time has happened. */
async function settled(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await promise;
  }
}
