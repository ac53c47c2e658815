import { join } from 'node:path';
import { Segment } from '../../lab/segment.ts';
import { SERVER } from '../bed.ts';
import { layDrive } from '../drive.ts';
import { ownVersion, resultOf, setUp, takers, type Field, type Job, type Stand } from '../field.ts';
import { ownGoal, ratioGoal, type Goals } from '../goals.ts';
import { unpacked } from '../packages.ts';
import type { BenchResult } from '../result.ts';
import { takeAll, type Taken, type Task } from '../rounds.ts';
import { dnsmasqDhcp } from '../servers/dnsmasq.ts';
import { kea } from '../servers/kea.ts';
import { pxen } from '../servers/pxen.ts';
import { restart } from '../servers/server.ts';
import { burst } from './burst.ts';
import { perfdhcpCommand, readPerfdhcp, type Exchanges, type Offered } from './perfdhcp.ts';
import { highestRate, type Step } from './search.ts';

/** Exchanges that may be lost where a rate still counts as held. */
const MAY_LOSE = 0.025;
/** Machines that switch on together, within a second. */
const RACK = 1000;

const NOTES = [
  'perfdhcp (Kea 2.2) sends as a relay does; it and the server share the processors, over a veth pair.',
  'Each step of the search begins with a server just started and without leases, warmed up by 1,000 exchanges in 2 s.',
  'The rack that switches on at once finds a server just started, not warmed up.',
  'Leases are kept by all: Kea and dnsmasq write each to a file at once, pxen within a second; pxen also syncs to the disk.',
  'dnsmasq runs with --no-ping, which spares it the look whether an address is in use.',
];

/** DHCP beside Kea and dnsmasq: how many exchanges a second, and how a rack is answered that switches on at once. */
export async function benchDhcp(job: Job): Promise<BenchResult> {
  const drive = join(await job.beds.folder('/dev/shm'), 'drive');
  await layDrive(drive, {});
  const perfdhcp = await unpacked(['kea-admin']);
  const field = await setUp(job, {
    pxen: async () => pxen(drive, await ownVersion()),
    kea: async () => kea(await unpacked(['kea-dhcp4-server'])),
    dnsmasq: async () => dnsmasqDhcp(await unpacked(['dnsmasq-base'])),
  });
  const offer = offerWith(perfdhcp.program('perfdhcp'), perfdhcp.env, job);
  const tasks = [rateTask(job, field, offer), burstTask(job, field)];
  const taken = await takeAll(tasks, field.versions, job.tell);
  return resultOf('dhcp', job, taken, { notes: NOTES, ratio: ratios(taken), limit: limits(taken) });
}

type Offer = (stand: Stand, rate: number) => Promise<Step>;

/** Before each step, so that none is measured while it still loads and compiles itself; little for any of them. */
const WARM_UP = { rate: 500, seconds: 2, seed: 2 } as const;

function offerWith(program: string, env: Readonly<Record<string, string>>, { quick, tell }: Job): Offer {
  const seconds = quick ? 1 : 4;
  return async ({ server, bed }, rate) => {
    const perfdhcp = async (offered: Offered): Promise<Exchanges> => {
      const command = perfdhcpCommand(program, Segment.interface, SERVER, offered);
      // 3: some exchanges were not completed.
      const { stdout, stderr } = await bed.client(command, { env, accept: [0, 3], timeout: PATIENCE });
      return readPerfdhcp(stdout + stderr);
    };
    await restart(server, bed);
    await perfdhcp({ ...WARM_UP, seconds: quick ? 1 : WARM_UP.seconds });
    const { acks, lost } = await perfdhcp({ rate, seconds, seed: 1 });
    tell(`  ${server.name} at ${rate} a second: ${acks / seconds} completed, ${(lost * 100).toFixed(1)} % lost`);
    return { offered: rate, achieved: acks / seconds, lost };
  };
}

/** Milliseconds for one step. */
const PATIENCE = 30_000;

function rateTask({ quick }: Job, field: Field, offer: Offer): Task {
  // Where each begins, from what was seen of them before; the search finds the rest.
  const from: Readonly<Record<string, number>> = { dnsmasq: 300 };
  const search = { mayLose: MAY_LOSE, near: quick ? 1.4 : 1.06, most: quick ? 5 : 8 };
  const measure = async (stand: Stand): Promise<number[]> => [
    await highestRate({ ...search, from: from[stand.server.name] ?? 4000 }, (rate) => offer(stand, rate)),
  ];
  const panel = 'Four-way exchanges a second, at most 2.5 % lost';
  return {
    measures: [{ id: 'rate', panel, label: 'sustained', unit: '', better: 'higher' }],
    rounds: quick ? 1 : 3,
    takers: takers(field, measure),
    absent: field.absent,
  };
}

const TOGETHER = `${RACK} machines ask within one second`;
const OFFERED = { panel: `${TOGETHER}: share offered an address`, unit: '', better: 'higher' } as const;
const LATENCY = { panel: `${TOGETHER}: time to the OFFER`, unit: 'ms', better: 'lower' } as const;

function burstTask({ quick }: Job, field: Field): Task {
  const measure = async ({ server, bed }: Stand): Promise<number[]> => {
    await restart(server, bed);
    const { offers, sent, p50, p99 } = await burst(bed, RACK, 1000);
    return [offers / sent, p50 ?? Number.NaN, p99 ?? Number.NaN];
  };
  return {
    measures: [
      { id: 'offered', ...OFFERED, label: 'first DISCOVER' },
      { id: 'p50', ...LATENCY, label: 'median' },
      { id: 'p99', ...LATENCY, label: '99th percentile' },
    ],
    rounds: quick ? 1 : 5,
    takers: takers(field, measure),
    absent: field.absent,
  };
}

function ratios(taken: Taken): Goals {
  const to = (peer: string, least: number) => {
    const group = `four-way exchanges a second, pxen / ${peer}`;
    return ratioGoal(taken, 'rate', [peer], { group, title: group, least });
  };
  return { 'rate/kea': to('kea', 1), 'rate/dnsmasq': to('dnsmasq', 10) };
}

function limits(taken: Taken): Goals {
  const offered = `share of ${RACK} machines offered an address at their first DISCOVER`;
  const p99 = `99th percentile of the time to that OFFER, ms`;
  return {
    offered: ownGoal(taken, 'offered', { group: offered, title: offered, least: 1 }),
    p99: ownGoal(taken, 'p99', { group: p99, title: p99, most: 100 }),
  };
}
