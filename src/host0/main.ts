import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { realClock } from '../shell/clock.ts';
import { sayOnConsole } from '../shell/console.ts';
import { sentenceOf } from '../shell/fail.ts';
import { diskFiles, type Files } from '../shell/files.ts';
import { realHostFiles } from '../shell/host-files.ts';
import { KEYRING_FILE } from '../shell/keyring.ts';
import { stderrLog, type Log } from '../shell/log.ts';
import { run } from '../shell/run.ts';
import { readArguments, type Host0Arguments } from './arguments.ts';
import { openClusterFile, watchClusterFile, type ClusterFile } from './clusterFile.ts';
import { readRelease, type Served } from './drive.ts';
import type { DriveCare } from './driveCare.ts';
import { driveMemory } from './memory.ts';
import { ownSettings } from './own.ts';
import { HOST_FACTS, ownEntry, recordPlace, takePlace, type Place, type PlaceDeps } from './place.ts';
import type { Host0Options } from './house.ts';
import { SecretsInForce } from './secretsFile.ts';
import { Security } from './security.ts';
import { loadServers, loadService } from './servers.ts';
import type { Host0 } from './start.ts';
import type { KeptState } from './state.ts';
import { tlsNames } from './tlsNames.ts';
import type { Wishes } from './wishes.ts';

/** `pxen host0`: serves until it is told to end. Resolves to the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const args = readArguments(words);
  const ending = new AbortController();
  const { host0, watching, succeeded } = await begin(args, ending.signal).catch(async (error: unknown) => {
    // On a host nobody sees how it ends but on the console; systemd begins it again.
    if (args.facts !== undefined) await sayOnConsole(realHostFiles, `pxen: host0 cannot serve: ${sentenceOf(error)}`);
    throw error;
  });
  // Where another drive has taken the place of this one, systemd begins anew, with that one.
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), succeeded]);
  ending.abort();
  await Promise.all([watching, host0.stop()]);
  return 0;
}

interface Begun {
  readonly host0: Host0;
  readonly watching: Promise<unknown>;
  /** Resolves when another drive has taken the place of the one that is served from. */
  readonly succeeded: Promise<void>;
}

async function begin(given: Host0Arguments, signal: AbortSignal): Promise<Begun> {
  const machine: PlaceDeps = { run, files: realHostFiles, log: stderrLog() };
  const args = await withDriveInForce(given, machine);
  const drive = diskFiles(args.dir);
  const memory = driveMemory(args, machine, realClock);
  const file = await openClusterFile(drive, machine.log, memory);
  if (args.facts !== undefined) {
    for (const warning of file.warnings()) await sayOnConsole(realHostFiles, `pxen: ${warning}`);
  }
  // The network is asked for a free address while the servers are being loaded.
  const [place, served, servers] = await Promise.all([
    takePlace(args, file.current(), machine),
    readRelease(drive, args.release),
    loadServers(args.journal),
  ]);
  const security = securityOf(args, file, place, machine);
  const secrets = secretsOf(drive, file, machine);
  const care = await careFor(args, machine);
  const selfOf = ownEntry(args, place, machine);
  const own = ownSettings({ dir: args.dir, device: args.device, selfOf }, machine, realClock);
  const warnings = () => [file, memory, security, secrets, care, own].flatMap((one) => [...(one?.warnings() ?? [])]);
  const host0 = await start(args, { ...file, warnings }, served, place, servers, { security, secrets });
  await recordPlace(args, file.current(), place, machine);
  const begun = (state: KeptState | undefined) => void security.begin(state, signal);
  const watching = [
    watchClusterFile(file, realClock, machine.log, signal),
    memory.keep(file, place.own, signal, begun),
    secrets.watch(realClock, signal),
  ];
  if (args.facts === HOST_FACTS) watching.push(own.keep(file, signal));
  if (args.facts !== undefined) await control(args.facts, () => memory.wishes(file), machine.log, signal);
  const { promise: succeeded, resolve } = Promise.withResolvers<void>();
  const caring = care?.keep(realClock, signal).then((isOver) => isOver && resolve());
  return { host0, watching: Promise.all([...watching, caring]), succeeded };
}

/** A host was booted from a drive that udev names; elsewhere the drive is whatever the call says. */
const isOnDrive = ({ facts, device }: Host0Arguments): boolean =>
  facts === HOST_FACTS && device?.startsWith('/dev/disk/by-uuid/') === true;

/** With the drive that is in force among those that are plugged in. Nearly always there is one only. */
async function withDriveInForce(args: Host0Arguments, machine: PlaceDeps): Promise<Host0Arguments> {
  const { device, release, dir } = args;
  if (!isOnDrive(args) || device === undefined) return args;
  const { drivesPlugged } = await import('../shell/plugged.ts');
  const isAlone = (await drivesPlugged(machine.files)()).every(({ volume }) => device.endsWith(`/${volume}`));
  if (isAlone) return args;
  const { deviceInForce } = await import('./driveCare.ts');
  return { ...args, device: await deviceInForce(device, release, dir, machine) };
}

async function careFor(args: Host0Arguments, machine: PlaceDeps): Promise<DriveCare | undefined> {
  if (!isOnDrive(args) || args.device === undefined) return undefined;
  const { careOf } = await import('./driveCare.ts');
  return careOf(args.device, args.dir, machine, (line) => void sayOnConsole(machine.files, `pxen: ${line}`));
}

const secretsOf = (files: Files, { current }: ClusterFile, deps: PlaceDeps): SecretsInForce =>
  new SecretsInForce({ files, cluster: current, unlocked: () => deps.files.read(KEYRING_FILE), log: deps.log });

function securityOf({ journal, facts }: Host0Arguments, file: ClusterFile, place: Place, deps: PlaceDeps): Security {
  const names = () => tlsNames([place], file.current());
  const folder = join(dirname(journal), 'keys');
  return new Security({
    cluster: file.current,
    names,
    folder,
    facts,
    clock: realClock,
    files: deps.files,
    log: deps.log,
  });
}

/** Commands on this host change cluster.yaml through it; machines boot without that as well. */
async function control(facts: string, wishes: () => Promise<Wishes>, log: Log, signal: AbortSignal): Promise<void> {
  const [{ serveControl }, { controlAt, controlOf }] = await Promise.all([
    import('../shell/control.ts'),
    import('./control.ts'),
  ]);
  const open = serveControl(controlAt(facts), controlOf(wishes), signal);
  await open.catch((error: unknown) => log.say('STATE_NO_CONTROL', { why: sentenceOf(error) }));
}

type Servers = Awaited<ReturnType<typeof loadServers>>;

function start(
  args: Host0Arguments,
  file: ClusterFile,
  served: Served,
  place: Place,
  servers: Servers,
  { security, secrets }: { readonly security: Security; readonly secrets: SecretsInForce },
): Promise<Host0> {
  const { own, ...link } = place;
  const options: Host0Options = {
    networks: [{ interface: args.interface, dnsServers: args.dnsServers, ...link }],
    own,
    slowness: args.slowness,
    httpPort: args.httpPort,
    https: { port: args.httpsPort, tls: security.tls },
    cluster: file.current,
    release: served.release,
    manifestSha256: served.sha256,
    journalPath: args.journal,
  };
  const log = stderrLog();
  const means = { file, served, clock: realClock, log };
  return servers.startHost0(options, {
    files: diskFiles(join(args.dir, 'boot')),
    overlay: diskFiles(join(args.dir, 'overlay')),
    journal: servers.journal,
    openUdp: servers.openUdp,
    openLink: servers.openLink,
    serveHttp: servers.serveHttp,
    dns: servers.dns,
    clock: realClock,
    log,
    service: (boot) => loadService(boot, { ...means, device: args.device, security, secrets: secrets.current }),
  });
}
