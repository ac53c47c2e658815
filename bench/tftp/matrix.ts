/** What is asked for, and how. */
export const BLKSIZES = [512, 1428] as const;
export const WINDOWS = [1, 4, 16] as const;
/** Clients at once. */
export const MANY = 16;
/** One datagram in so many is lost. */
export const LOSSES = [1000, 100] as const;
export const LOSSY_BLKSIZES = [1428] as const;
/** Milliseconds. */
export const DELAYS = [1, 5, 20] as const;

/** Bytes of the files that are fetched; multiples of no block size. */
export const SIZES = { whole: 30_000_001, part: 4_000_001, lossy: 500_001, right: 100_001 } as const;

/** Whole windows for a second, but for a byte: shorter than the others, the last block is the last of a window, too. */
export const farSize = (delay: number, blksize: number, window: number): number =>
  Math.round(1000 / delay) * window * blksize - 1;

export const fileOf = (size: number): string => `of-${size}`;

/** All files, with their bytes. */
export function allFiles(): Record<string, number> {
  const far = DELAYS.flatMap((delay) =>
    BLKSIZES.flatMap((blksize) => WINDOWS.map((window) => farSize(delay, blksize, window))),
  );
  return Object.fromEntries([...Object.values(SIZES), ...far].map((size) => [fileOf(size), size]));
}
