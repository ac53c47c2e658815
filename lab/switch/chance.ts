/** Numbers from 0 up to 1 that look random and follow from the seed alone, so that a fault seen once can be seen again. */
export type Chance = () => number;

/** Tommy Ettinger's mulberry32: 32 bits of state, good enough to lose frames by. */
export function seeded(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
