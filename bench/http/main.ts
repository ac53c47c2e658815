import { join } from 'node:path';
import { layDrive } from '../drive.ts';
import { ownVersion, resultOf, setUp, takers, type Field, type Job, type Stand } from '../field.ts';
import { ownGoal, ratioGoal, type Goals, type Wanted } from '../goals.ts';
import { unpacked } from '../packages.ts';
import { cpuSeconds } from '../proc.ts';
import type { BenchResult } from '../result.ts';
import { takeAll, type Taken, type Task } from '../rounds.ts';
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
  const tasks = [...STREAMS.map((streams) => streamTask(job, field, streams)), memoryTask(job, field)];
  const taken = await takeAll(tasks, field.versions, job.tell);
  return resultOf('http', job, taken, { notes: NOTES, ratio: ratios(taken), limit: limits(taken) });
}

const labelOf = (streams: number): string => (streams === 1 ? 'one stream' : `${streams} streams`);

/** MB a second, and what the same transfers cost the server in processor time. */
function streamTask({ quick }: Job, field: Field, streams: number): Task {
  const measure = async ({ bed, server }: Stand): Promise<number[]> => {
    const { pid } = bed.server ?? (await restart(server, bed));
    // The first one may read the file in.
    await fetchTimes(bed, PATH, SIZE, 1);
    const [cpu, began] = [await cpuSeconds(pid), performance.now()];
    const times = streams === 1 ? 5 : 1;
    await Promise.all(Array.from({ length: streams }, () => fetchTimes(bed, PATH, SIZE, times)));
    const seconds = (performance.now() - began) / 1000;
    const megabytes = (SIZE * streams * times) / 1e6;
    return [megabytes / seconds, (((await cpuSeconds(pid)) - cpu) / megabytes) * 1000];
  };
  const label = labelOf(streams);
  return {
    measures: [
      { id: `speed/${streams}`, panel: 'Throughput, 200 MB from memory', label, unit: 'MB/s', better: 'higher' },
      { id: `cost/${streams}`, panel: "The server's processor time", label, unit: 's/GB', better: 'lower' },
    ],
    rounds: quick ? 1 : 5,
    takers: takers(field, measure),
    absent: field.absent,
  };
}

const MEMORY = { panel: 'Private memory beside the held file', unit: 'MB', better: 'lower' } as const;

const memoryTask = ({ quick }: Job, field: Field): Task => ({
  measures: [{ id: 'memory', ...MEMORY, label: `${LOAD.downloads} downloads, ${LOAD.leases} leases` }],
  rounds: quick ? 1 : 3,
  takers: takers(field, async ({ server, bed }) => [await memoryUnder(server, bed, LOAD)], ['pxen']),
});

function ratios(taken: Taken): Goals {
  const to = (id: string, title: string, bound: Pick<Wanted, 'least' | 'most'>) => {
    const group = `${title}: pxen / nginx`;
    return [id, ratioGoal(taken, id, ['nginx'], { group, title: group, ...bound })] as const;
  };
  const all = STREAMS.flatMap((streams) => [
    to(`speed/${streams}`, `throughput, ${labelOf(streams)}`, { least: 1 }),
    to(`cost/${streams}`, `processor time a byte, ${labelOf(streams)}`, { most: 1.5 }),
  ]);
  return Object.fromEntries(all);
}

function limits(taken: Taken): Goals {
  const title = `private memory beside the held file, ${LOAD.downloads} downloads and ${LOAD.leases} leases, MB`;
  return { memory: ownGoal(taken, 'memory', { group: title, title, most: 200 }) };
}
