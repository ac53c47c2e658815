import { join } from 'node:path';
import { layDrive } from '../drive.ts';
import { ownVersion, resultOf, setUp, type Goals, type Job } from '../field.ts';
import { unpacked } from '../packages.ts';
import type { BenchResult } from '../result.ts';
import { goal, ratioTo, takeAll, type Taken } from '../rounds.ts';
import { dnsmasqTftp } from '../servers/dnsmasq.ts';
import { pxen } from '../servers/pxen.ts';
import { atftpd, tftpdHpa } from '../servers/tftp.ts';
import { BLKSIZES, DELAYS, farTasks, FILES, idOf, LOSSES, lossTasks, MANY, nearTasks, WINDOWS } from './tasks.ts';

const NOTES = [
  'The client is atftp, over a veth pair; it and the server share the processors. Files are in RAM.',
  'tftpd-hpa and dnsmasq know no windowsize: they are compared at window 1.',
  'Loss: every 1,000th or 100th datagram of the transfer in each direction, by a counter.',
  'Distance: by a relay; the round trip is what the server sees, from its last block of a window to the ACK.',
];

/** TFTP beside tftpd-hpa, atftpd and dnsmasq: near, far and where datagrams are lost. */
export async function benchTftp(job: Job): Promise<BenchResult> {
  const drive = join(await job.beds.folder('/dev/shm'), 'drive');
  await layDrive(drive, FILES);
  const root = join(drive, 'boot');
  const field = await setUp(job, {
    pxen: async () => pxen(drive, await ownVersion()),
    'tftpd-hpa': async () => tftpdHpa(await unpacked(['tftpd-hpa']), root),
    atftpd: async () => atftpd(await unpacked(['atftpd']), root),
    dnsmasq: async () => dnsmasqTftp(await unpacked(['dnsmasq-base']), root),
  });
  const tasks = [
    ...nearTasks(job, field, 1),
    ...nearTasks(job, field, MANY),
    ...DELAYS.flatMap((delay) => farTasks(job, field, delay)),
    ...LOSSES.flatMap((every) => lossTasks(job, field, every)),
  ];
  const taken = await takeAll(tasks, field.versions, job.tell);
  return resultOf('tftp', job, taken, { notes: NOTES, ratio: ratios(taken), limit: limits(taken) });
}

const PEERS = ['tftpd-hpa', 'atftpd', 'dnsmasq'];

function ratios(taken: Taken): Goals {
  const to = (kind: string, blksize: number, title: string, least: number) =>
    WINDOWS.map((window) => {
      const id = idOf(kind, blksize, window);
      const ratio = ratioTo(taken, id, PEERS);
      const full = `${title}, ${blksize} bytes, window ${window}: pxen / best peer`;
      return [id, ratio === undefined ? undefined : goal(full, ratio, { least })] as const;
    });
  return Object.fromEntries([
    ...BLKSIZES.flatMap((blksize) => to('near1', blksize, 'one client', 0.7)),
    ...BLKSIZES.flatMap((blksize) => to(`near${MANY}`, blksize, `${MANY} clients`, 1)),
    ...LOSSES.flatMap((every) => to(`loss${every}`, 1428, `${100 / every} % lost`, 2)),
  ]);
}

function limits({ peers }: Taken): Goals {
  const ids = DELAYS.flatMap((delay) =>
    BLKSIZES.flatMap((blksize) =>
      WINDOWS.map((window) => ({ id: idOf(`far${delay}`, blksize, window), title: `${delay} ms, ${blksize} bytes, window ${window}` })),
    ),
  );
  return Object.fromEntries(
    ids.map(({ id, title }) => {
      const share = peers['pxen']?.figures[id]?.median;
      return [id, share === undefined ? undefined : goal(`share of the bound at ${title}`, share, { least: 0.95 })];
    }),
  );
}
