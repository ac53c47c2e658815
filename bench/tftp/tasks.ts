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
/** Milliseconds. */
export const DELAYS = [1, 5] as const;

/** Bytes of the files that are fetched; multiples of no block size. */
export const FILES = { whole: 30_000_001, part: 4_000_001, small: 1_000_001, least: 300_001 } as const;
export type FileName = keyof typeof FILES;

const wish = (file: FileName, blksize: number, window: number): Wish => ({ file, size: FILES[file], blksize, window });

/** Peers that know the option windowsize (RFC 7440). */
const WINDOWED = ['pxen', 'atftpd'];
const only = (window: number): readonly string[] | undefined => (window === 1 ? undefined : WINDOWED);

const NO_WINDOW = 'knows no windowsize, compared at window 1';
const absentAt = (field: Field, window: number): Record<string, string> => ({
  ...(window === 1
    ? {}
    : Object.fromEntries(
        field.stands.filter(({ server }) => !WINDOWED.includes(server.name)).map(({ server }) => [server.name, NO_WINDOW]),
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
const labelOf = (blksize: number, window: number): string => `${blksize} bytes, window ${window}`;

const each = <T>(make: (blksize: number, window: number) => T, blksizes: readonly number[] = BLKSIZES): T[] =>
  blksizes.flatMap((blksize) => WINDOWS.map((window) => make(blksize, window)));

/** One client, or many at once, on a wire without loss or delay. */
export function nearTasks({ quick }: Job, field: Field, clients: number): Task[] {
  const file = quick || clients > 1 ? 'part' : 'whole';
  return each((blksize, window) => ({
    id: idOf(`near${clients}`, blksize, window),
    panel: clients === 1 ? 'One client' : `${clients} clients at once, together`,
    label: labelOf(blksize, window),
    unit: 'MB/s',
    better: 'higher',
    rounds: quick ? 1 : 3,
    takers: takers(
      field,
      async (stand) => {
        await ready(stand, blksize, window);
        return fetchWith(stand.bed, wish(file, blksize, window), clients);
      },
      only(window),
    ),
    absent: absentAt(field, window),
  }));
}

/** One client where datagrams are lost, in both directions. */
export function lossTasks({ quick }: Job, field: Field, every: number): Task[] {
  const file = quick ? 'least' : every >= 1000 ? 'part' : 'small';
  const task = (blksize: number, window: number): Task => ({
    id: idOf(`loss${every}`, blksize, window),
    panel: `One client, ${100 / every} % of the datagrams lost`,
    label: labelOf(blksize, window),
    unit: 'MB/s',
    better: 'higher',
    // What is lost is the same each time.
    rounds: 1,
    takers: takers(
      field,
      async (stand) => {
        await ready(stand, blksize, window);
        await loseEvery(stand.bed, every);
        return fetchWith(stand.bed, wish(file, blksize, window), 1).finally(() => loseNothing(stand.bed));
      },
      only(window),
    ),
    absent: absentAt(field, window),
  });
  return each(task, [1428]);
}

/** One client at a distance. The peers show how much of the bound is left by the machine and the relay themselves. */
export function farTasks({ quick }: Job, field: Field, delay: number): Task[] {
  return each((blksize, window) => ({
    id: idOf(`far${delay}`, blksize, window),
    panel: `One client, round trip of ${delay} ms: share of window x blksize / round trip`,
    label: labelOf(blksize, window),
    unit: '',
    better: 'higher',
    rounds: quick ? 1 : 3,
    takers: takers(
      field,
      async (stand) => {
        await ready(stand, blksize, window);
        return shareOfBound(stand.bed, wish(window === 16 ? 'part' : window === 4 ? 'small' : 'least', blksize, window), delay);
      },
      only(window),
    ),
    absent: absentAt(field, window),
  }));
}
