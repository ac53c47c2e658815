/** Chance as an argument, so that whatever a test meets can be met again. */
export interface Chance {
  /** A number from 0 up to, not including, 1. */
  next(): number;
}

/** The same numbers for the same seed (Mulberry32). */
export function seededChance(seed: number): Chance {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

/** A whole number from 0 up to, not including, `below`. */
export const below = (chance: Chance, limit: number): number => Math.floor(chance.next() * limit);
