import type { Bed } from '../bed.ts';
import { takers, type Field, type Job, type Stand } from '../field.ts';
import type { Task } from '../rounds.ts';
import { restart } from '../servers/server.ts';
import { shareOfBound } from './distance.ts';
import { fetchBeside, fetchRight, fetchWith, type Wish } from './fetch.ts';
import { loseEvery, loseNothing } from './loss.ts';
import { BLKSIZES, farSize, fileOf, LOSSY_BLKSIZES, SIZES, WINDOWS } from './matrix.ts';

const wish = (size: number, blksize: number, window: number): Wish => ({ file: fileOf(size), size, blksize, window });

/** Peers that know the option windowsize (RFC 7440). */
const WINDOWED = ['pxen', 'atftpd'];

const NO_WINDOW = 'no windowsize';
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
  await fetchRight(bed, wish(SIZES.right, blksize, window));
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

/** One client, or many at once, on a wire without loss or delay; on the server's processor, or on any. */
export function nearTasks({ quick }: Job, field: Field, clients: number, where: 'beside' | 'anywhere'): Task[] {
  const size = clients > 1 ? (quick ? SIZES.lossy : SIZES.part) : quick ? SIZES.part : SIZES.whole;
  const fetch = where === 'beside' ? fetchBeside : fetchWith;
  const who = clients === 1 ? 'One client' : `${clients} clients at once, together`;
  return tasksOf(field, {
    kind: nearKind(clients, where),
    panel: clients > 1 && where === 'beside' ? `${who}, on the server's processor` : who,
    unit: 'MB/s',
    blksizes: BLKSIZES,
    rounds: quick ? 1 : 3,
    fetch: (bed, blksize, window) => fetch(bed, wish(size, blksize, window), clients),
  });
}

export const nearKind = (clients: number, where: 'beside' | 'anywhere'): string =>
  clients > 1 && where === 'beside' ? `beside${clients}` : `near${clients}`;

/** One client where datagrams are lost, in both directions. */
export function lossTasks({ quick }: Job, field: Field, every: number): Task[] {
  const size = quick ? SIZES.right : every >= 1000 ? SIZES.part : SIZES.lossy;
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
        return await fetchWith(bed, wish(size, blksize, window), 1);
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
    fetch: (bed, blksize, window) => shareOfBound(bed, wish(farSize(delay, blksize, window), blksize, window), delay),
  });
}
