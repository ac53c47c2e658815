import type { Bed } from '../bed.ts';
import { takers, type Field, type Job, type Stand } from '../field.ts';
import type { Task } from '../rounds.ts';
import { restart } from '../servers/server.ts';
import { shareOfBound } from './distance.ts';
import { fetchRight, fetchWith, type Wish } from './fetch.ts';
import { loseEvery, loseNothing } from './loss.ts';

export const BLKSIZES = [512, 1428] as const;
export const WINDOWS = [1, 4, 16] as const;
export const MANY = 16;
/** One datagram in so many is lost. */
export const LOSSES = [1000, 100] as const;
export const LOSSY_BLKSIZES = [1428] as const;
/** Milliseconds. */
export const DELAYS = [1, 5] as const;

/** Bytes of the files that are fetched; multiples of no block size. */
export const FILES = { whole: 30_000_001, part: 4_000_001, small: 1_000_001, least: 300_001 } as const;
export type FileName = keyof typeof FILES;

const wish = (file: FileName, blksize: number, window: number): Wish => ({ file, size: FILES[file], blksize, window });

/** Peers that know the option windowsize (RFC 7440). */
const WINDOWED = ['pxen', 'atftpd'];

const NO_WINDOW = 'knows no windowsize, compared at window 1';
const absentAt = (field: Field, window: number): Record<string, string> => ({
  ...(window === 1
    ? {}
    : Object.fromEntries(
        field.stands
          .filter(({ server }) => !WINDOWED.includes(server.name))
          .map(({ server }) => [server.name, NO_WINDOW]),
      )),
  ...field.absent,
});

/** Each server fetched from once and held against the file, on a fresh start. */
async function ready({ server, bed }: Stand, blksize: number, window: number): Promise<void> {
  await (bed.server === undefined ? restart(server, bed) : undefined);
  await loseNothing(bed);
  await fetchRight(bed, wish('least', blksize, window));
}

export const idOf = (kind: string, blksize: number, window: number): string => `${kind}/${blksize}/${window}`;

/** One figure a block size and window: `fetch` gives it, of a server that has shown that it sends the right bytes. */
interface Kind {
  readonly kind: string;
  readonly panel: string;
  readonly unit: string;
  readonly blksizes: readonly number[];
  readonly rounds: number;
  readonly fetch: (bed: Bed, blksize: number, window: number) => Promise<number>;
}

const tasksOf = (field: Field, { kind, panel, unit, blksizes, rounds, fetch }: Kind): Task[] =>
  blksizes.flatMap((blksize) =>
    WINDOWS.map((window): Task => {
      const measure = async (stand: Stand): Promise<number[]> => {
        await ready(stand, blksize, window);
        return [await fetch(stand.bed, blksize, window)];
      };
      const label = `${blksize} bytes, window ${window}`;
      return {
        measures: [{ id: idOf(kind, blksize, window), panel, label, unit, better: 'higher' }],
        rounds,
        takers: takers(field, measure, window === 1 ? undefined : WINDOWED),
        absent: absentAt(field, window),
      };
    }),
  );

/** One client, or many at once, on a wire without loss or delay. */
export function nearTasks({ quick }: Job, field: Field, clients: number): Task[] {
  const file = quick || clients > 1 ? 'part' : 'whole';
  return tasksOf(field, {
    kind: `near${clients}`,
    panel: clients === 1 ? 'One client' : `${clients} clients at once, together`,
    unit: 'MB/s',
    blksizes: BLKSIZES,
    rounds: quick ? 1 : 3,
    fetch: (bed, blksize, window) => fetchWith(bed, wish(file, blksize, window), clients),
  });
}

/** One client where datagrams are lost, in both directions. */
export function lossTasks({ quick }: Job, field: Field, every: number): Task[] {
  const file = quick ? 'least' : every >= 1000 ? 'part' : 'small';
  return tasksOf(field, {
    kind: `loss${every}`,
    panel: `One client, ${100 / every} % of the datagrams lost`,
    unit: 'MB/s',
    blksizes: LOSSY_BLKSIZES,
    // What is lost is the same each time.
    rounds: 1,
    fetch: async (bed, blksize, window) => {
      await loseEvery(bed, every);
      try {
        return await fetchWith(bed, wish(file, blksize, window), 1);
      } finally {
        await loseNothing(bed);
      }
    },
  });
}

/** One client at a distance. The peers show how much of the bound the machine and the relay leave to anybody. */
export function farTasks({ quick }: Job, field: Field, delay: number): Task[] {
  return tasksOf(field, {
    kind: `far${delay}`,
    panel: `One client, round trip of ${delay} ms: share of window x blksize / round trip`,
    unit: '',
    blksizes: BLKSIZES,
    rounds: quick ? 1 : 3,
    fetch: (bed, blksize, window) => {
      const file = window === 16 ? 'part' : window === 4 ? 'small' : 'least';
      return shareOfBound(bed, wish(file, blksize, window), delay);
    },
  });
}
