import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { realClock } from '../shell/clock.ts';
import { sayOnConsole } from '../shell/console.ts';
import { sentenceOf } from '../shell/fail.ts';
import { diskFiles, type Files } from '../shell/files.ts';
import { realHostFiles } from '../shell/host-files.ts';
import { KEYRING_FILE } from '../shell/keyring.ts';
import { stderrLog } from '../shell/log.ts';
import { run } from '../shell/run.ts';
import { readArguments, type Host0Arguments } from './arguments.ts';
import { openClusterFile, watchClusterFile, type ClusterFile } from './clusterFile.ts';
import { readRelease, type Served } from './drive.ts';
import { driveMemory } from './memory.ts';
import { recordPlace, takePlace, type Place, type PlaceDeps } from './place.ts';
import type { Host0Options } from './house.ts';
import { SecretsInForce } from './secretsFile.ts';
import { Security } from './security.ts';
import { loadServers, loadService } from './servers.ts';
import type { Host0 } from './start.ts';
import type { KeptState } from './state.ts';
import { tlsNames } from './tlsNames.ts';

/** `pxen host0`: serves until it is told to end. Resolves to the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const args = readArguments(words);
  const ending = new AbortController();
  const { host0, watching } = await begin(args, ending.signal).catch(async (error: unknown) => {
    // On a host nobody sees how it ends but on the console; systemd begins it again.
    if (args.facts !== undefined) await sayOnConsole(realHostFiles, `pxen: host0 cannot serve: ${sentenceOf(error)}`);
    throw error;
  });
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  ending.abort();
  await Promise.all([watching, host0.stop()]);
  return 0;
}

async function begin(args: Host0Arguments, signal: AbortSignal): Promise<{ host0: Host0; watching: Promise<unknown> }> {
  const machine: PlaceDeps = { run, files: realHostFiles, log: stderrLog() };
  const drive = diskFiles(args.dir);
  const memory = driveMemory(args, machine, realClock);
  const file = await openClusterFile(drive, machine.log, memory.lastGood);
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
  const warnings = () => [file, memory, security, secrets].flatMap((one) => one.warnings());
  const host0 = await start(args, { ...file, warnings }, served, place, servers, { security, secrets });
  await recordPlace(args, file.current(), place, machine);
  const begun = (state: KeptState | undefined) => void security.begin(state, signal);
  const watching = [
    watchClusterFile(file, realClock, machine.log, signal),
    memory.keep(file, place.own, signal, begun),
    secrets.watch(realClock, signal),
  ];
  return { host0, watching: Promise.all(watching) };
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
