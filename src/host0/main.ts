import { once } from 'node:events';
import { join } from 'node:path';
import { realClock } from '../shell/clock.ts';
import { sayOnConsole } from '../shell/console.ts';
import { sentenceOf } from '../shell/fail.ts';
import { diskFiles } from '../shell/files.ts';
import { realHostFiles } from '../shell/host-files.ts';
import { stderrLog } from '../shell/log.ts';
import { run } from '../shell/run.ts';
import { readArguments, type Host0Arguments } from './arguments.ts';
import { openClusterFile, type ClusterFile } from './clusterFile.ts';
import { readRelease, type Served } from './drive.ts';
import type { Host0Options } from './house.ts';
import { keepersOf, withDriveInForce, type KeeperDeps, type Keepers } from './keepers.ts';
import { driveMemory } from './memory.ts';
import { recordPlace, takePlace, type Place } from './place.ts';
import { loadServers, loadService } from './servers.ts';
import type { Host0 } from './start.ts';

/** `pxen host0`: serves until it is told to end. Resolves to the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const args = readArguments(words);
  const ending = new AbortController();
  const { host0, keepers } = await begin(args).catch(async (error: unknown) => {
    // On a host nobody sees how it ends but on the console; systemd begins it again.
    if (args.facts !== undefined) await sayOnConsole(realHostFiles, `pxen: host0 cannot serve: ${sentenceOf(error)}`);
    throw error;
  });
  const { watching, succeeded } = keepers.keep(ending.signal);
  // Where another drive has taken the place of this one, systemd begins anew, with that one.
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), succeeded]);
  ending.abort();
  await Promise.all([watching, host0.stop()]);
  return 0;
}

async function begin(given: Host0Arguments): Promise<{ readonly host0: Host0; readonly keepers: Keepers }> {
  const machine: KeeperDeps = { run, files: realHostFiles, log: stderrLog(), clock: realClock };
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
  const keepers = await keepersOf(args, { file, drive, memory, place }, machine);
  const host0 = await start(args, { ...file, warnings: keepers.warnings }, served, place, servers, keepers);
  await recordPlace(args, file.current(), place, machine);
  return { host0, keepers };
}

type Servers = Awaited<ReturnType<typeof loadServers>>;

function start(
  args: Host0Arguments,
  file: ClusterFile,
  served: Served,
  place: Place,
  servers: Servers,
  keepers: Keepers,
): Promise<Host0> {
  const { own, ...link } = place;
  const options: Host0Options = {
    networks: [{ interface: args.interface, dnsServers: args.dnsServers, ...link }],
    own,
    slowness: args.slowness,
    httpPort: args.httpPort,
    https: { port: args.httpsPort, tls: keepers.security.tls },
    cluster: file.current,
    release: served.release,
    manifestSha256: served.sha256,
    journalPath: args.journal,
  };
  const log = stderrLog();
  return servers.startHost0(options, {
    files: diskFiles(join(args.dir, 'boot')),
    drive: diskFiles(args.dir),
    journal: servers.journal,
    openUdp: servers.openUdp,
    carry: servers.carry,
    openLink: servers.openLink,
    serveHttp: servers.serveHttp,
    dns: servers.dns,
    clock: realClock,
    log,
    service: (boot) => loadService(boot, { ...meansOf(args.device, keepers), file, served, log }),
  });
}

const meansOf = (device: string | undefined, { security, secrets, care, operator }: Keepers) => ({
  device,
  driveHealth: care?.health,
  security,
  secrets: secrets.current,
  operator,
  clock: realClock,
});
