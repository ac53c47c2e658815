import type { HostReport, ReportReply } from '../core/api/report.ts';
import { readyCode } from '../core/identity/readyCode.ts';
import { sayOnConsole } from '../shell/console.ts';
import { sentenceOf } from '../shell/fail.ts';
import { reportClient, type ReportClient } from '../shell/report-client.ts';
import { Accounts } from './accounts.ts';
import { apply } from './apply/apply.ts';
import { Eyes } from './discover.ts';
import { DriveWatch } from './drive.ts';
import { untilItServes } from './host0.ts';
import { identify, named, type Identity } from './identify.ts';
import { PATHS, type Machine } from './machine.ts';
import { armWake } from './network.ts';
import { reportLoop, type ReportDeps } from './report.ts';
import { SecretsWatch } from './secrets.ts';
import { Steps } from './steps.ts';
import { Warnings } from './warnings.ts';

const LATER = 'pxen-later.target';

/**
 * Identifies, looks, reports, does what the plan says. The cards are armed while the boot server is on its way up; the
 * first report waits for both.
 */
export async function work(machine: Machine): Promise<void> {
  const found = await identify(machine);
  const wake = await armWake(machine);
  const identity = found.place === 'host0' ? named(found, await untilItServes(machine)) : found;
  await machine.files.poke('/proc/sys/kernel/hostname', identity.name);
  await sayStarted(machine, identity);
  const eyes = new Eyes(machine, identity, wake);
  const client = reportClient(identity.server, () => machine.files.read(PATHS.authority));
  const accounts = new Accounts(machine);
  const secrets = new SecretsWatch(machine, client, accounts);
  const watch = new DriveWatch(machine, identity);
  const look = async () => {
    const looked = await eyes.look();
    watch.see(eyes.storage);
    return looked;
  };
  const deps = {
    look,
    steps: stepsOf(machine, identity, client, eyes),
    acknowledged: readiness(machine, identity, async () => {
      await accounts.look();
      await secrets.look();
    }),
  };
  const idle = once(async () => {
    await startTheRest(machine);
    eyes.restBegins();
  });
  const { clock, log } = machine;
  const shown = new Warnings(machine);
  const warned = (warnings: readonly string[]) => shown.see(warnings);
  await reportLoop(
    { ...deps, idle, warned, send: (report) => send(machine, client, report), clock, log, server: identity.server },
    untilTold(),
  );
}

/** A host that no authority came to with its boot learns it here, and speaks TLS from the next report on. */
async function send({ files }: Machine, client: ReportClient, report: HostReport): Promise<ReportReply> {
  const reply = await client.report(report);
  const { authority } = reply;
  if (typeof authority === 'string' && !(await files.exists(PATHS.authority)))
    await files.write(PATHS.authority, authority);
  return reply;
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
function readiness(machine: Machine, identity: Identity, logins: () => Promise<void>): ReportDeps['acknowledged'] {
  let ready = false;
  let said = '';
  return async ({ health }) => {
    const problems = health.problems.join('; ');
    if (problems !== said && problems !== '') machine.log.say('AGENT_UNHEALTHY', { problems });
    said = problems;
    await logins();
    if (ready || !health.ok) return;
    ready = true;
    await sayOnConsole(machine.files, `pxen: ready ${readyCode(identity.dmi.assetTag, identity.dmi.uuid)}`);
    machine.log.say('AGENT_READY', { seconds: await uptime(machine) });
  };
}

function once(act: () => Promise<void>): () => Promise<void> {
  let acted: Promise<void> | undefined;
  return () => (acted ??= act());
}

/** What a host wants to have but does not need to be ready, such as logins and the right time. */
async function startTheRest({ run, log }: Machine): Promise<void> {
  await run(['systemctl', 'start', '--no-block', LATER]).catch((error: unknown) => {
    log.say('AGENT_TOOL_FAILED', { what: LATER, reason: sentenceOf(error) });
  });
}

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
