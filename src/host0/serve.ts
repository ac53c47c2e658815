import { once } from 'node:events';
import { join } from 'node:path';
import type { Cluster } from '../core/cluster/schema.ts';
import type { LinkWishes } from '../core/plan/servedLinks.ts';
import { realClock } from '../shell/clock.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import { diskFiles } from '../shell/files.ts';
import { linkIndex } from '../shell/interfaces.ts';
import { jsonLog, stderrLog, type Log } from '../shell/log.ts';
import { run } from '../shell/run.ts';
import { openTls, readTls } from '../shell/tlsIdentity.ts';
import type { TlsIdentity } from '../shell/tls.ts';
import { NO_RELEASE, readReleaseIfAny } from './drive.ts';
import { bootsXen, openFolder, releaseProblem, tellLacks, type Folder } from './serveFolder.ts';
import { WatchedNetworks } from './serveNetworks.ts';
import { planNetworks, type Planned } from './servePlan.ts';
import { loadServers, loadService } from './servers.ts';
import type { Host0 } from './start.ts';
import { tlsNames } from './tlsNames.ts';

/** What `pxen serve` was called with. */
export interface ServeArguments extends LinkWishes {
  /** A folder laid out like a drive. */
  readonly dir: string;
  readonly release: string | undefined;
  /** The lease journal; absent, `state/leases` in the folder. */
  readonly journal: string | undefined;
  readonly httpPort: number;
  /** Absent where HTTPS is not wished; without files a certificate is made in `keys/` of the folder. */
  readonly https:
    { readonly port: number; readonly files: readonly [cert: string, key: string] | undefined } | undefined;
  readonly verbose: boolean;
  readonly json: boolean;
}

/** Why hosts of the cluster cannot boot from a folder; undefined where they can, or need not. For `pxen check`. */
export async function hostProblem(dir: string, cluster: Cluster): Promise<string | undefined> {
  if (!bootsXen(cluster)) return undefined;
  try {
    return await releaseProblem(await readReleaseIfAny(diskFiles(dir), undefined), diskFiles(join(dir, 'boot')));
  } catch (error) {
    return sentenceOf(error);
  }
}

/** Milliseconds between two looks at the interfaces, and how many of them pass until the folder is looked at. */
const LOOK = { each: 1000, folder: 3 } as const;
/** Milliseconds until networks that could not be served are tried again: whoever is asked by DHCP is not to be bothered. */
const REPLAN = 30_000;
/** Seconds until servers that could not be begun anew are tried again. */
const AGAIN = 5;

/** `pxen serve`: serves until it is told to end. Resolves to the exit code. */
export async function serve(args: ServeArguments): Promise<number> {
  const log = (args.json ? jsonLog : stderrLog)(args.verbose ? 'debug' : 'info');
  const server = new FolderServer(args, await openFolder(args.dir, args.release, log), log);
  await server.begin();
  const ending = new AbortController();
  const watching = server.watch(ending.signal);
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  ending.abort();
  await watching;
  await server.end();
  log.say('SERVE_ENDED');
  return 0;
}

/** The servers of a folder, as cluster.yaml and the interfaces of this machine want them now. */
class FolderServer {
  readonly #args: ServeArguments;
  readonly #folder: Folder;
  readonly #log: Log;
  readonly #journal: string;
  #planned: Planned | undefined;
  #running: { readonly host0: Host0; readonly watched: WatchedNetworks } | undefined;
  #cluster: Cluster;
  /** When servers that could not be begun anew are tried again. */
  #again = 0;
  /** Why the networks could not become what cluster.yaml wants. */
  #stays = '';
  /** When that is tried again. */
  #replanAt = 0;

  constructor(args: ServeArguments, folder: Folder, log: Log) {
    this.#args = args;
    this.#folder = folder;
    this.#log = log;
    this.#journal = args.journal ?? join(args.dir, 'state', 'leases');
    this.#cluster = folder.file.current();
  }

  /** The first start: what stands against it is thrown. */
  async begin(): Promise<void> {
    // The journal first: where another server runs already, nobody is asked anything.
    const servers = await loadServers(this.#journal);
    try {
      await this.#tellFolder();
      this.#planned = await this.#plan(servers);
      await this.#start(this.#planned, servers);
    } catch (error) {
      await servers.journal.close();
      throw error;
    }
    this.#sayReady();
  }

  async watch(signal: AbortSignal): Promise<void> {
    for (let looks = 1; !signal.aborted; looks += 1) {
      await realClock.sleep(LOOK.each, signal).catch(() => undefined);
      if (signal.aborted) return;
      // Whatever a look meets, the next one comes: this loop is what heals the rest.
      await this.#look(looks % LOOK.folder === 0).catch((error: unknown) =>
        this.#log.say('SERVE_STAYS', { why: sentenceOf(error) }),
      );
    }
  }

  async end(): Promise<void> {
    await this.#running?.host0.stop();
  }

  async #look(isFolderDue: boolean): Promise<void> {
    await this.#running?.watched.look();
    if (isFolderDue) await this.#lookAtFolder();
    if (this.#running === undefined && realClock.now() >= this.#again) await this.#startAnew();
  }

  async #lookAtFolder(): Promise<void> {
    const { file } = this.#folder;
    await file.check();
    await this.#running?.host0.lookForLoaders();
    const hasChanged = file.current() !== this.#cluster;
    const isDue = this.#stays !== '' && realClock.now() >= this.#replanAt;
    if (!hasChanged && !isDue) return;
    this.#cluster = file.current();
    if (hasChanged) await this.#tellFolder();
    await this.#replan();
  }

  /** Follows cluster.yaml where it wants other networks or roles than are served. */
  async #replan(): Promise<void> {
    const { openUdp } = await import('../shell/udp.ts');
    try {
      const next = await this.#plan({ openUdp });
      this.#stays = '';
      if (JSON.stringify(next.networks) === JSON.stringify(this.#planned?.networks)) return;
      this.#planned = next;
    } catch (error) {
      const why = error instanceof Failure ? `${error.message}. ${error.remedy}` : sentenceOf(error);
      if (why !== this.#stays) this.#log.say('SERVE_STAYS', { why });
      this.#stays = why;
      this.#replanAt = realClock.now() + REPLAN;
      return;
    }
    this.#log.say('SERVE_MOVES');
    const { host0 } = this.#running ?? {};
    this.#running = undefined;
    await host0?.stop();
    await this.#startAnew();
  }

  async #startAnew(): Promise<void> {
    if (this.#planned === undefined) return;
    try {
      const servers = await loadServers(this.#journal);
      await this.#start(this.#planned, servers).catch(async (error: unknown) => {
        await servers.journal.close();
        throw error;
      });
    } catch (error) {
      this.#again = realClock.now() + AGAIN * 1000;
      this.#log.say('SERVE_FAILED', { why: sentenceOf(error), seconds: AGAIN });
    }
  }

  #plan({ openUdp }: Pick<Awaited<ReturnType<typeof loadServers>>, 'openUdp'>): Promise<Planned> {
    const full = this.#planned?.networks.filter(({ role }) => role === 'full') ?? [];
    const given = new Set(full.map((one) => one.interface));
    return planNetworks(this.#folder.file.current(), this.#args, {
      run,
      openUdp,
      clock: realClock,
      log: this.#log,
      given,
    });
  }

  async #start(planned: Planned, servers: Awaited<ReturnType<typeof loadServers>>): Promise<void> {
    const { file, served, all } = this.#folder;
    const { journal, startHost0, ...means } = servers;
    const tls = await this.#tls(planned);
    const indexes = await Promise.all(planned.networks.map((one) => linkIndex(one.interface, one.address)));
    const options = {
      ...planned,
      cluster: file.current,
      release: served.release,
      manifestSha256: served.sha256,
      slowness: 1,
      journalPath: this.#journal,
      httpPort: this.#args.httpPort,
      ...(tls === undefined ? {} : { https: { tls, port: this.#args.https?.port ?? 443 } }),
    };
    const shared = { files: all, drive: diskFiles(this.#args.dir), journal, clock: realClock, log: this.#log };
    const service = { file, served, device: undefined, security: undefined, clock: realClock, log: this.#log };
    const host0 = await startHost0(options, { ...means, ...shared, service: (boot) => loadService(boot, service) });
    const watched = new WatchedNetworks(host0, { clock: realClock, log: this.#log, indexOf: linkIndex });
    planned.networks.forEach((link, at) => watched.add(link, indexes[at] ?? 0));
    this.#running = { host0, watched };
  }

  async #tls({ networks }: Planned): Promise<TlsIdentity | undefined> {
    const { https, dir } = this.#args;
    if (https === undefined) return undefined;
    if (https.files !== undefined) return readTls(...https.files);
    const folder = join(dir, 'keys');
    const names = { ...tlsNames(networks, this.#cluster), cluster: this.#cluster.cluster.name };
    const { made, ...identity } = await openTls(folder, names);
    if (made) this.#log.say('SERVE_TLS_MADE', { folder });
    return identity;
  }

  async #tellFolder(): Promise<void> {
    const { served, own } = this.#folder;
    await tellLacks(this.#cluster, this.#folder, this.#log);
    const why = await releaseProblem(served, own);
    const isMeant = served.release !== NO_RELEASE || bootsXen(this.#cluster);
    if (why !== undefined && isMeant) this.#log.say('SERVE_NO_RELEASE', { why });
  }

  #sayReady(): void {
    const { dir, httpPort: http, https, json } = this.#args;
    const unit = process.env['JOURNAL_STREAM'] !== undefined;
    const log = unit ? 'the journal (`journalctl -u pxen-serve`)' : json ? 'standard output' : 'this terminal';
    this.#log.say('SERVE_READY', {
      dir,
      http,
      log,
      journal: this.#journal,
      https: https === undefined ? 'no HTTPS' : `HTTPS on port ${https.port}`,
      end: unit ? '`systemctl stop` ends it' : 'Ctrl-C ends it',
    });
  }
}
