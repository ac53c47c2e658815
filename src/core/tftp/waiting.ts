/** A request that waits until a transfer before it has ended. */
export interface Waiting<T> {
  readonly address: string;
  /** Milliseconds: when the client last asked. */
  readonly askedAt: number;
  readonly what: T;
}

/** A client that has not asked again for so many milliseconds has given up. */
const GIVEN_UP = 30_000;
/** Requests that wait: in all, and for one address, so that nobody fills the queue alone. */
const MOST = { all: 2048, each: 256 } as const;

/** Whether one more may wait. */
export function mayWait(waiting: Iterable<Waiting<unknown>>, address: string): boolean {
  let [all, same] = [0, 0];
  for (const one of waiting) {
    all += 1;
    if (one.address === address) same += 1;
  }
  return all < MOST.all && same < MOST.each;
}

/**
 * The key of the request that begins next: of those whose address has the fewest transfers under way, the one that waits
 * longest. So one machine that asks for much keeps nobody else waiting for long.
 */
export function nextWaiting<K>(
  waiting: ReadonlyMap<K, Waiting<unknown>>,
  underWay: (address: string) => number,
): K | undefined {
  let [best, fewest]: [K | undefined, number] = [undefined, Infinity];
  for (const [key, { address }] of waiting) {
    const count = underWay(address);
    if (count < fewest) [best, fewest] = [key, count];
  }
  return best;
}

/** Those that have given up. */
export const givenUp = <K>(waiting: ReadonlyMap<K, Waiting<unknown>>, now: number): K[] =>
  [...waiting].filter(([, { askedAt }]) => now - askedAt > GIVEN_UP).map(([key]) => key);
