import type { Head } from './chain.ts';

/** What a server says of the drive that it serves from (docs/rules.md, rule 3). */
export interface Claim {
  readonly cluster: string;
  readonly drive: string;
  readonly generation: number;
  readonly head: Head;
}

/**
 * Which of two claims to one cluster is better: below zero, the first. Higher generation, then the longer chain, then the
 * smaller drive id; copies of one drive share that, so the smaller hash of the chain's head ends every tie. All chains of a
 * cluster have one root, so this is an order: among any number of servers exactly one claim is the best.
 */
export function compareClaims(a: Claim, b: Claim): number {
  return (
    b.generation - a.generation ||
    b.head.counter - a.head.counter ||
    smaller(a.drive, b.drive) ||
    smaller(a.head.hash, b.head.hash)
  );
}

const smaller = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
