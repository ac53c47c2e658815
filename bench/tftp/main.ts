import { join } from 'node:path';
import { layDrive } from '../drive.ts';
import { ownVersion, resultOf, setUp, type Job } from '../field.ts';
import { ownGoal, ratioGoal, type Goals, type Wanted } from '../goals.ts';
import { unpacked } from '../packages.ts';
import type { BenchResult, Goal } from '../result.ts';
import { takeAll, type Taken } from '../rounds.ts';
import { dnsmasqTftp } from '../servers/dnsmasq.ts';
import { pxen } from '../servers/pxen.ts';
import { atftpd, tftpdHpa } from '../servers/tftp.ts';
import { allFiles, BLKSIZES, DELAYS, LOSSES, LOSSY_BLKSIZES, MANY, WINDOWS } from './matrix.ts';
import { farTasks, idOf, lossTasks, nearKind, nearTasks } from './tasks.ts';

const NOTES = [
  'The client is atftp, over a veth pair; it and the server share the processors. Files are in RAM.',
  'One client near: it and the server on the same processor; the scheduler, not the server, would decide otherwise.',
  'Many clients near: once like that, and once wherever the scheduler puts them, where a server with a thread or process for each client wakes fewer processors.',
  'tftpd-hpa and dnsmasq know no windowsize: they are compared at window 1.',
  'Each server has sent one long file since it began: a program that is compiled while it runs needs that, and a boot server runs for months.',
  'Loss: every 1,000th or 100th datagram of the transfer in each direction, by a counter.',
  'Distance: by a relay of our own that never sleeps; server and client on another processor. Time counts from the first window to the last ACK.',
  'The round trip is measured before each transfer, over the same way: windows of the same datagrams for a second between two programs that only answer. It is the delay, the relay, and being woken at either end; a mean, as a transfer takes all of its rounds together: some last milliseconds, since the machine is shared.',
];

/** TFTP beside tftpd-hpa, atftpd and dnsmasq: near, far and where datagrams are lost. */
export async function benchTftp(job: Job): Promise<BenchResult> {
  const drive = join(await job.beds.folder('/dev/shm'), 'drive');
  await layDrive(drive, allFiles());
  const root = join(drive, 'boot');
  const field = await setUp(job, {
    pxen: async () => pxen(drive, await ownVersion()),
    'tftpd-hpa': async () => tftpdHpa(await unpacked(['tftpd-hpa']), root),
    atftpd: async () => atftpd(await unpacked(['atftpd']), root),
    dnsmasq: async () => dnsmasqTftp(await unpacked(['dnsmasq-base']), root),
  });
  // A quick run has no time for the distance that is hardest to keep, nor for files so long that 1 in 1,000 shows.
  const [delays, losses] = job.quick ? [[5], [100]] : [DELAYS, LOSSES];
  const tasks = [
    ...nearTasks(job, field, 1, 'beside'),
    ...nearTasks(job, field, MANY, 'beside'),
    ...nearTasks(job, field, MANY, 'anywhere'),
    ...delays.flatMap((delay) => farTasks(job, field, delay)),
    ...losses.flatMap((every) => lossTasks(job, field, every)),
  ];
  const taken = await takeAll(tasks, field.versions, job.tell);
  return resultOf('tftp', job, taken, { notes: NOTES, ratio: ratios(taken), limit: limits(taken) });
}

const PEERS = ['tftpd-hpa', 'atftpd', 'dnsmasq'];

interface Row {
  readonly kind: string;
  readonly group: string;
  readonly blksizes: readonly number[];
  readonly least: number;
}

const RATIOS: readonly Row[] = [
  { kind: nearKind(1, 'beside'), group: 'one client, pxen / the best peer', blksizes: BLKSIZES, least: 0.7 },
  {
    kind: nearKind(MANY, 'beside'),
    group: `${MANY} clients at once on the server's processor, pxen / the best peer`,
    blksizes: BLKSIZES,
    least: 1,
  },
  {
    kind: nearKind(MANY, 'anywhere'),
    group: `${MANY} clients at once, pxen / the best peer`,
    blksizes: BLKSIZES,
    least: 1,
  },
  ...DELAYS.map((delay) => ({
    kind: `far${delay}`,
    group: `one client at a round trip of ${delay} ms, pxen / the best peer`,
    blksizes: BLKSIZES,
    least: 0.95,
  })),
  ...LOSSES.map((every) => ({
    kind: `loss${every}`,
    group: `one client, ${100 / every} % of the datagrams lost, pxen / the best peer`,
    blksizes: LOSSY_BLKSIZES,
    least: 2,
  })),
];

/** What is lacking is the time that server and client take themselves: see what the peers get. */
const LIMITS: readonly Row[] = DELAYS.map((delay) => ({
  kind: `far${delay}`,
  group: `share of window x blksize / round trip at ${delay} ms`,
  blksizes: BLKSIZES,
  least: 0.95,
}));

/** A goal for each block size and window of each row. */
function goals(rows: readonly Row[], reach: (id: string, wanted: Wanted) => Goal | undefined): Goals {
  const all = rows.flatMap(({ kind, group, blksizes, least }) =>
    blksizes.flatMap((blksize) =>
      WINDOWS.map((window) => {
        const id = idOf(kind, blksize, window);
        return [id, reach(id, { group, title: `${group}, ${blksize} bytes, window ${window}`, least })] as const;
      }),
    ),
  );
  return Object.fromEntries(all);
}

const ratios = (taken: Taken): Goals => goals(RATIOS, (id, wanted) => ratioGoal(taken, id, PEERS, wanted));

const limits = (taken: Taken): Goals => goals(LIMITS, (id, wanted) => ownGoal(taken, id, wanted));
