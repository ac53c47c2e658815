import { join } from 'node:path';
import { layDrive } from '../drive.ts';
import { ownVersion, resultOf, setUp, takers, type Field, type Goals, type Job, type Stand } from '../field.ts';
import { unpacked } from '../packages.ts';
import { cpuSeconds } from '../proc.ts';
import type { BenchResult } from '../result.ts';
import { goal, ratioTo, takeAll, type Taken, type Task } from '../rounds.ts';
import { nginx } from '../servers/nginx.ts';
import { pxen } from '../servers/pxen.ts';
import { restart } from '../servers/server.ts';
import { fetchTimes } from './curl.ts';
import { memoryUnder } from './memory.ts';

const SIZE = 200_000_000;
const PATH = 'boot/large';
const STREAMS = [1, 16] as const;
const LOAD = { leases: 10_000, downloads: 64, path: PATH, size: SIZE } as const;

const NOTES = [
  'The client is curl, over a veth pair; it and the server share the processors. The file of 200 MB is in RAM (tmpfs).',
  'nginx: sendfile and tcp_nopush on, a worker a processor.',
  'Memory: private to the server (smaps_rollup), beside the file itself, with 64 slow downloads and 10,000 leases.',
];

/** Boot HTTP beside nginx: throughput, processor time, and the memory that ours needs. */
export async function benchHttp(job: Job): Promise<BenchResult> {
  const drive = join(await job.beds.folder('/dev/shm'), 'drive');
  await layDrive(drive, { large: SIZE });
  const field = await setUp(job, {
    pxen: async () => pxen(drive, await ownVersion()),
    nginx: async () => nginx(await unpacked(['nginx']), drive),
  });
  const tasks = [...STREAMS.flatMap((streams) => streamTasks(job, field, streams)), memoryTask(job, field)];
  const taken = await takeAll(tasks, field.versions, job.tell);
  return resultOf('http', job, taken, { notes: NOTES, ratio: ratios(taken), limit: limits(taken) });
}

/** MB a second, and what the same transfers cost the server in processor time. */
function streamTasks({ quick }: Job, field: Field, streams: number): Task[] {
  const costs = new Map<string, number[]>();
  const rounds = quick ? 1 : 5;
  const run = async (stand: Stand): Promise<number> => {
    const { bed, server } = stand;
    const { pid } = bed.server ?? (await restart(server, bed));
    // The first one may read the file in.
    await fetchTimes(bed, PATH, SIZE, 1);
    const [cpu, began] = [await cpuSeconds(pid), performance.now()];
    await Promise.all(Array.from({ length: streams }, () => fetchTimes(bed, PATH, SIZE, streams === 1 ? 5 : 1)));
    const seconds = (performance.now() - began) / 1000;
    const bytes = SIZE * (streams === 1 ? 5 : streams);
    costs.set(server.name, [...(costs.get(server.name) ?? []), ((await cpuSeconds(pid)) - cpu) / (bytes / 1e9)]);
    return bytes / 1e6 / seconds;
  };
  const label = streams === 1 ? 'one stream' : `${streams} streams`;
  const common = { label, rounds, absent: field.absent };
  const cost = async ({ server }: Stand): Promise<number> => costs.get(server.name)?.shift() ?? Number.NaN;
  return [
    { ...common, id: `speed/${streams}`, panel: 'Throughput, 200 MB from memory', unit: 'MB/s', better: 'higher', takers: takers(field, run) },
    { ...common, id: `cost/${streams}`, panel: "The server's processor time", unit: 's/GB', better: 'lower', takers: takers(field, cost) },
  ];
}

const memoryTask = ({ quick }: Job, field: Field): Task => ({
  id: 'memory',
  panel: 'Private memory beside the held file',
  label: `${LOAD.downloads} downloads, ${LOAD.leases} leases`,
  unit: 'MB',
  better: 'lower',
  rounds: quick ? 1 : 3,
  takers: takers(field, ({ server, bed }) => memoryUnder(server, bed, LOAD), ['pxen']),
});

function ratios(taken: Taken): Goals {
  const to = (id: string, title: string, bound: { least?: number; most?: number }) => {
    const ratio = ratioTo(taken, id, ['nginx']);
    return [id, ratio === undefined ? undefined : goal(`${title}: pxen / nginx`, ratio, bound)] as const;
  };
  const label = (streams: number): string => (streams === 1 ? 'one stream' : `${streams} streams`);
  return Object.fromEntries(
    STREAMS.flatMap((streams) => [
      to(`speed/${streams}`, `throughput, ${label(streams)}`, { least: 1 }),
      to(`cost/${streams}`, `processor time a byte, ${label(streams)}`, { most: 1.5 }),
    ]),
  );
}

function limits({ peers }: Taken): Goals {
  const memory = peers['pxen']?.figures['memory']?.median;
  return { memory: memory === undefined ? undefined : goal('private memory beside the held file, MB', memory, { most: 200 }) };
}
