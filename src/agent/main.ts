import type { HostReport } from '../core/api/report.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { readyCode } from '../core/identity/readyCode.ts';
import { realClock } from '../shell/clock.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import { realHostFiles } from '../shell/host-files.ts';
import { stderrLog } from '../shell/log.ts';
import { reportClient, type ReportClient } from '../shell/report-client.ts';
import { run } from '../shell/run.ts';
import { apply } from './apply/apply.ts';
import { Eyes } from './discover.ts';
import { DriveWatch } from './drive.ts';
import { beginHost0, identifyHost0, readDriveCluster } from './host0.ts';
import { identify, type Identity } from './identify.ts';
import { sayOnConsole, type Machine } from './machine.ts';
import { armWake } from './network.ts';
import { reportLoop } from './report.ts';
import { Steps } from './steps.ts';

/** Milliseconds until a host that could not begin to serve tries again. */
const AGAIN = 10_000;

/** The agent of a host, from its start to the end of the host. */
async function main(machine: Machine): Promise<void> {
  await sayOnConsole(machine, 'pxen: agent started');
  const found = await identify(machine);
  if (found.place === 'hostU') return work(machine, found, found.server);
  const { identity, server } = await untilItServes(machine, found);
  return work(machine, identity, server);
}

/** Cards are armed while the first looks are taken; the first report waits for both. */
async function work(machine: Machine, identity: Identity, server: string): Promise<void> {
  await setHostname(machine, identity.name);
  await sayStarted(machine, identity);
  const eyes = new Eyes(machine, identity, await armWake(machine));
  const client = reportClient(server);
  const watch = new DriveWatch(machine, identity);
  const look = async () => {
    const looked = await eyes.look();
    watch.see(eyes.storage);
    return looked;
  };
  const deps = { look, steps: stepsOf(machine, identity, client, eyes), acknowledged: readiness(machine, identity) };
  await reportLoop(
    { ...deps, send: (report) => client.report(report), clock: machine.clock, log: machine.log, server },
    untilTold(),
  );
}

function stepsOf(machine: Machine, { cluster }: Identity, client: ReportClient, eyes: Eyes): Steps {
  return new Steps(async (step) => {
    try {
      return await apply({ machine, cluster, client }, step);
    } finally {
      eyes.forget();
    }
  }, machine.log);
}

/** Says once on the console that host0 has acknowledged a healthy report, and in the log when the health changes. */
function readiness(machine: Machine, identity: Identity): (report: HostReport) => Promise<void> {
  let ready = false;
  let said = '';
  return async ({ health }) => {
    const problems = health.problems.join('; ');
    if (problems !== said && problems !== '') machine.log.say('AGENT_UNHEALTHY', { problems });
    said = problems;
    if (ready || !health.ok) return;
    ready = true;
    await sayOnConsole(machine, `pxen: ready ${readyCode(identity.dmi.assetTag, identity.dmi.uuid)}`);
    machine.log.say('AGENT_READY', { seconds: await uptime(machine) });
  };
}

/** A host that was booted from the drive serves the others; until it can, they cannot boot, so it does not give up. */
async function untilItServes(machine: Machine, found: Identity): Promise<{ identity: Identity; server: string }> {
  for (;;) {
    try {
      const cluster = await readDriveCluster(machine, readCluster);
      const identity = await identifyHost0(machine, found, cluster);
      return { identity, server: await beginHost0(machine, identity, cluster) };
    } catch (error) {
      machine.log.say('AGENT_HOST0_FAILED', { reason: sentenceOf(error) });
      await sayOnConsole(machine, `pxen: host0 cannot serve: ${sentenceOf(error)}`);
      await machine.clock.sleep(AGAIN);
    }
  }
}

/** Loaded late: the other hosts never read cluster.yaml, and its checks take long to load on a slow machine. */
async function readCluster(text: string): Promise<Cluster> {
  const { parseCluster } = await import('../core/cluster/read.ts');
  const { mistakesText } = await import('../core/cluster/mistake.ts');
  const reading = parseCluster(text, 'cluster.yaml');
  if ('cluster' in reading) return reading.cluster;
  throw new Failure(mistakesText(reading.mistakes), 'Correct cluster.yaml on the drive.', 2);
}

const setHostname = ({ files }: Machine, name: string): Promise<void> => files.poke('/proc/sys/kernel/hostname', name);

async function sayStarted(machine: Machine, { name, place }: Identity): Promise<void> {
  machine.log.say('AGENT_STARTED', { name, place, seconds: await uptime(machine) });
}

/** Seconds since Linux began (proc_uptime(5)). */
const uptime = async ({ files }: Machine): Promise<string> =>
  ((await files.read('/proc/uptime')) ?? '').split(' ')[0] ?? '';

/** Ends when systemd stops the agent; VMs run on. */
function untilTold(): AbortSignal {
  const end = new AbortController();
  process.once('SIGTERM', () => end.abort());
  process.once('SIGINT', () => end.abort());
  return end.signal;
}

const machine: Machine = { run, files: realHostFiles, clock: realClock, log: stderrLog() };
try {
  await main(machine);
} catch (error) {
  process.stderr.write(`pxen agent: ${sentenceOf(error)}\n`);
  process.exitCode = 1;
}
