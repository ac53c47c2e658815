import type { Chance } from './chance.ts';

/** What goes wrong with frames that pass a port, in either direction. */
export interface Faults {
  /** Share of frames lost, 0 to 1. */
  readonly loss: number;
  /** Share of frames that come twice, 0 to 1. */
  readonly duplicate: number;
  /** Milliseconds each frame waits. */
  readonly delay: number;
  /** Further milliseconds, up to this many, by chance; frames overtake each other then. */
  readonly jitter: number;
}

export const NO_FAULTS: Faults = { loss: 0, duplicate: 0, delay: 0, jitter: 0 };

export const isFaulty = (faults: Faults): boolean =>
  faults.loss > 0 || faults.duplicate > 0 || faults.delay > 0 || faults.jitter > 0;

/** When copies of one frame leave, in milliseconds from now: none for a lost one, two for a doubled one. */
export function fate(faults: Faults, chance: Chance): number[] {
  // Every frame draws the same number of times, so that a rate changed later does not shift what happens to the rest.
  const [lost, doubled, early, late] = [chance(), chance(), chance(), chance()];
  if (lost < faults.loss) return [];
  const first = faults.delay + early * faults.jitter;
  return doubled < faults.duplicate ? [first, faults.delay + late * faults.jitter] : [first];
}

/** A frame passes the port it comes in by and the one it leaves by: the fates of both, one after the other. */
export function fateThrough(entry: Faults, exit: Faults, chance: Chance): number[] {
  return fate(entry, chance).flatMap((waited) => fate(exit, chance).map((more) => waited + more));
}
