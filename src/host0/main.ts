import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { BootView, ClusterService } from '../core/api/service.ts';
import { parseMac } from '../core/net/mac.ts';
import { realClock } from '../shell/clock.ts';
import { diskFiles, fileJournal } from '../shell/files.ts';
import { serveHttp } from '../shell/http.ts';
import { stderrLog } from '../shell/log.ts';
import { openUdp } from '../shell/udp.ts';
import { readArguments, type Host0Arguments } from './arguments.ts';
import { openClusterFile, readRelease, watchClusterFile, type ClusterFile, type Served } from './drive.ts';
import { startHost0, type Host0 } from './start.ts';

/** `pxen host0`: serves until it is told to end. Resolves to the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const args = readArguments(words);
  const log = stderrLog();
  const drive = diskFiles(args.dir);
  const [file, served] = await Promise.all([openClusterFile(drive, log), readRelease(drive, args.release)]);
  const host0 = await start(args, file, served);
  const ending = new AbortController();
  const watching = watchClusterFile(file, realClock, log, ending.signal);
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  ending.abort();
  await Promise.all([watching, host0.stop()]);
  return 0;
}

function start(args: Host0Arguments, file: ClusterFile, served: Served): Promise<Host0> {
  const own = Object.values(networkInterfaces()).flatMap((cards) =>
    (cards ?? []).flatMap(({ mac }) => parseMac(mac) ?? []),
  );
  const log = stderrLog();
  const options = {
    ...args,
    cluster: file.current,
    release: served.release,
    manifestSha256: served.sha256,
    own: new Set(own),
    journalPath: args.journal,
  };
  return startHost0(options, {
    files: diskFiles(join(args.dir, 'boot')),
    journal: fileJournal(args.journal),
    openUdp,
    serveHttp,
    clock: realClock,
    log,
    service: (boot) => loadService(boot, args, file, served),
  });
}

/** Loads the cluster service, which is most of the code, after boot service is up. */
async function loadService(
  boot: BootView,
  args: Host0Arguments,
  file: ClusterFile,
  served: Served,
): Promise<ClusterService> {
  const [{ createClusterService }, { imagesOf }] = await Promise.all([
    import('./cluster.ts'),
    import('../core/plan/wanted.ts'),
  ]);
  const { device } = args;
  return createClusterService({
    cluster: file.current,
    images: imagesOf(served.manifest),
    boot,
    drive: async () => (device === undefined || existsSync(device) ? 'present' : 'pulled'),
    warnings: file.warnings,
    clock: realClock,
    log: stderrLog(),
  });
}
