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

/** A server that runs, has sent a long file before, and now sends the right bytes. */
async function ready({ server, bed }: Stand, blksize: number, window: number): Promise<void> {
  const isFresh = bed.server === undefined;
  if (isFresh) await restart(server, bed);
  await loseNothing(bed);
  if (isFresh) await fetchBeside(bed, wish(SIZES.whole, blksize, window), 1);
  await fetchRight(bed, wish(SIZES.right, blksize, window));
}

export const idOf = (kind: string, blksize: number, window: number): string => `${kind}/${blksize}/${window}`;

/** What is drawn together. */
interface Panel {
  readonly kind: string;
  readonly panel: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
}

/** Figures a block size and window, one a panel: `fetch` gives them, of a server that has shown that it sends the right bytes. */
interface Kind {
  readonly panels: readonly Panel[];
  readonly blksizes: readonly number[];
  readonly rounds: number;
  readonly fetch: (bed: Bed, blksize: number, window: number) => Promise<readonly number[]>;
}

const tasksOf = (field: Field, { panels, blksizes, rounds, fetch }: Kind): Task[] =>
  blksizes.flatMap((blksize) =>
    WINDOWS.map((window): Task => {
      const measure = async (stand: Stand): Promise<readonly number[]> => {
        await ready(stand, blksize, window);
        return fetch(stand.bed, blksize, window);
      };
      const label = `${blksize} bytes, window ${window}`;
      return {
        measures: panels.map(({ kind, ...panel }) => ({ id: idOf(kind, blksize, window), label, ...panel })),
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
  const panel = clients > 1 && where === 'beside' ? `${who}, on the server's processor` : who;
  return tasksOf(field, {
    panels: [{ kind: nearKind(clients, where), panel, unit: 'MB/s', better: 'higher' }],
    blksizes: BLKSIZES,
    rounds: quick ? 1 : 3,
    fetch: async (bed, blksize, window) => [await fetch(bed, wish(size, blksize, window), clients)],
  });
}

export const nearKind = (clients: number, where: 'beside' | 'anywhere'): string =>
  clients > 1 && where === 'beside' ? `beside${clients}` : `near${clients}`;

/** One client where datagrams are lost, in both directions. */
export function lossTasks({ quick }: Job, field: Field, every: number): Task[] {
  const size = quick ? SIZES.right : every >= 1000 ? SIZES.part : SIZES.lossy;
  const panel = `One client, ${100 / every} % of the datagrams lost`;
  return tasksOf(field, {
    panels: [{ kind: `loss${every}`, panel, unit: 'MB/s', better: 'higher' }],
    blksizes: LOSSY_BLKSIZES,
    // What is lost is the same each time.
    rounds: 1,
    fetch: async (bed, blksize, window) => {
      await loseEvery(bed, every);
      try {
        return [await fetchWith(bed, wish(size, blksize, window), 1)];
      } finally {
        await loseNothing(bed);
      }
    },
  });
}

/** One client at a distance: its share of what the window allows, and the round trip that this was reckoned by. */
export function farTasks({ quick }: Job, field: Field, delay: number): Task[] {
  const share = `One client at ${delay} ms: share of window x blksize / round trip`;
  const trip = `The round trip at ${delay} ms, by an echo of the same datagrams`;
  return tasksOf(field, {
    panels: [
      { kind: `far${delay}`, panel: share, unit: '', better: 'higher' },
      { kind: `trip${delay}`, panel: trip, unit: 'ms', better: 'lower' },
    ],
    blksizes: BLKSIZES,
    rounds: quick ? 1 : 3,
    fetch: async (bed, blksize, window) => {
      const far = await shareOfBound(bed, wish(farSize(delay, blksize, window), blksize, window), delay);
      return [far.share, far.roundTrip];
    },
  });
}
