/** Milliseconds that an address waits after its first wrong guess; each further one doubles it, up to the most. */
const FIRST = 1000;
const MOST = 300_000;
/** Addresses that are remembered. On one Ethernet there are as many as somebody makes up. */
const ADDRESSES = 1000;

interface Guessed {
  readonly count: number;
  /** When the next guess is looked at. */
  readonly until: number;
}

/** Slows down whoever guesses a secret, for each address by itself. */
export class Guesses {
  readonly #guessed = new Map<string, Guessed>();

  /** Milliseconds until something from this address is looked at again. */
  wait(from: string, now: number): number {
    return Math.max(0, (this.#guessed.get(from)?.until ?? now) - now);
  }

  /** It was wrong; gives how often by now. */
  wrong(from: string, now: number): number {
    const before = this.#guessed.get(from)?.count ?? 0;
    this.#guessed.delete(from);
    // Oldest first, as a Map keeps them: who has guessed of late is not crowded out by those before.
    const [oldest] = this.#guessed.keys();
    if (oldest !== undefined && this.#guessed.size >= ADDRESSES) this.#guessed.delete(oldest);
    this.#guessed.set(from, { count: before + 1, until: now + Math.min(MOST, FIRST * 2 ** before) });
    return before + 1;
  }

  right(from: string): void {
    this.#guessed.delete(from);
  }
}
