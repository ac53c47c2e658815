import { sha256 } from '@noble/hashes/sha2.js';
import { z } from 'zod';
import { hex, utf8 } from '../net/text.ts';

/**
 * The chain of stamps of a drive (docs/rules.md, rule 3): each boot from it appends one, which names the stamp before by its
 * hash. Two copies of one drive have different next stamps, so their chains tell that they parted, and after which boot.
 */
const stamp = z.strictObject({
  /** Seconds since 1970 by the clock of the machine, which may be unset; nothing is ordered by it. */
  time: z.int().min(0),
  /** UUID of the machine that was booted. */
  machine: z.string().max(64),
  /** Drawn by its kernel at each boot: without it two copies, booted where no clock is set, would get the same stamp. */
  boot: z.string().max(64),
});
export type Stamp = z.infer<typeof stamp>;

/** Stamps that are kept one by one; what came before is kept as its last hash. */
export const MOST_STAMPS = 256;

export const chainShape = z.strictObject({
  /** The stamp before the first of `stamps`: its number, counted from 1, and its hash; number 0 is the cluster itself. */
  base: z.strictObject({ counter: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) }),
  stamps: z.array(stamp).max(MOST_STAMPS),
});
export type Chain = z.infer<typeof chainShape>;
export type Head = Chain['base'];

const digest = (text: string): string => hex(sha256(utf8(text)));

/** The chain of a drive that was never booted. All drives of one cluster begin with the same root. */
export const newChain = (cluster: string): Chain => ({
  base: { counter: 0, hash: digest(`pxen-chain ${cluster}`) },
  stamps: [],
});

const next = ({ counter, hash }: Head, { time, machine, boot }: Stamp): Head => ({
  counter: counter + 1,
  hash: digest(`pxen-stamp ${hash} ${counter + 1} ${time} ${machine} ${boot}`),
});

/** The last stamp of a chain: how many boots there were, and the hash over all of them. */
export const headOf = ({ base, stamps }: Chain): Head => stamps.reduce(next, base);

export function append({ base, stamps }: Chain, one: Stamp): Chain {
  const all = [...stamps, one];
  const [first, ...rest] = all;
  if (first === undefined || all.length <= MOST_STAMPS) return { base, stamps: all };
  return { base: next(base, first), stamps: rest };
}

/** How one chain stands to another. */
export type Relation =
  | { readonly kind: 'same' | 'ahead' | 'behind' }
  /** They parted after this stamp; undefined where that was before the stamps that both have kept. */
  | { readonly kind: 'parted'; readonly after: number | undefined }
  /** The shorter one ends before the stamps that the longer one has kept. */
  | { readonly kind: 'unknown' };

export function relation(one: Chain, other: Chain): Relation {
  const [mine, theirs] = [hashesOf(one), hashesOf(other)];
  const [head, otherHead] = [headOf(one).counter, headOf(other).counter];
  const last = Math.min(head, otherHead);
  const [a, b] = [mine.get(last), theirs.get(last)];
  if (a === undefined || b === undefined) return { kind: 'unknown' };
  if (a === b) return { kind: head === otherHead ? 'same' : head > otherHead ? 'ahead' : 'behind' };
  const common = [...mine].filter(([counter, hash]) => theirs.get(counter) === hash).map(([counter]) => counter);
  return { kind: 'parted', after: common.length === 0 ? undefined : Math.max(...common) };
}

/** The hashes of all stamps that are kept, by number. */
function hashesOf({ base, stamps }: Chain): ReadonlyMap<number, string> {
  const hashes = new Map([[base.counter, base.hash]]);
  let head = base;
  for (const one of stamps) {
    head = next(head, one);
    hashes.set(head.counter, head.hash);
  }
  return hashes;
}
