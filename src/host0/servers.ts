import { existsSync } from 'node:fs';
import type { DriveHealthStatus } from '../core/api/status.ts';
import type { BootView, ClusterService } from '../core/api/service.ts';
import type { Secrets } from '../core/secrets/secrets.ts';
import type { Clock } from '../shell/clock.ts';
import type { Log } from '../shell/log.ts';
import type { ClusterFile } from './clusterFile.ts';
import type { Keyring } from './deliver.ts';
import type { Served } from './drive.ts';
import type { OperatorDoor } from './operatorDoor.ts';

/** Everything that serves, loaded together. The journal is this process's from now on. */
export async function loadServers(journal: string) {
  const [
    { startHost0 },
    { openUdp },
    { carry },
    { serveHttp },
    { serveStream },
    { resolverOf },
    { openLink },
    { openJournal },
  ] = await Promise.all([
    import('./start.ts'),
    import('../shell/udp.ts'),
    import('../shell/sending/carry.ts'),
    import('../shell/http.ts'),
    import('../shell/stream.ts'),
    import('../shell/resolver.ts'),
    import('../shell/link.ts'),
    import('../shell/journal.ts'),
    // Loaded by openUdp, and large.
    import('../shell/udp-interface.ts'),
    import('../shell/udp-batch.ts'),
  ]);
  return {
    startHost0,
    openUdp,
    carry,
    serveHttp,
    dns: { serveStream, resolverOf },
    openLink,
    journal: await openJournal(journal),
  };
}

export interface ServiceMeans {
  readonly file: ClusterFile;
  readonly served: Served;
  /** The drive's device; `drive: pulled` is reported once it is gone. */
  readonly device: string | undefined;
  readonly driveHealth?: (() => DriveHealthStatus | undefined) | undefined;
  /** The keys of the cluster; undefined where it keeps none, as `pxen serve` does. */
  readonly security: Keyring | undefined;
  /** What secrets.yaml holds, as far as it is open; nothing where absent. */
  readonly secrets?: (() => Secrets) | undefined;
  /** What operators may ask from other machines. */
  readonly operator?: OperatorDoor | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Loads the cluster service, which is most of the code, after boot service is up. */
export async function loadService(boot: BootView, means: ServiceMeans): Promise<ClusterService> {
  const { file, served, device, driveHealth, security, secrets, operator, clock, log } = means;
  const [{ createClusterService }, { imagesOf }] = await Promise.all([
    import('./cluster.ts'),
    import('../core/plan/wanted.ts'),
  ]);
  return createClusterService({
    cluster: file.current,
    images: imagesOf(served.manifest),
    boot,
    drive: async () => (device === undefined || existsSync(device) ? 'present' : 'pulled'),
    driveHealth,
    warnings: file.warnings,
    security,
    secrets,
    operator,
    clock,
    log,
  });
}
