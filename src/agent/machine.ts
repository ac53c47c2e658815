import { AUTHORITY, BOOT_FACTS } from '../core/boot/hostPaths.ts';
import type { Clock } from '../shell/clock.ts';
import type { HostFiles } from '../shell/host-files.ts';
import type { Log } from '../shell/log.ts';
import type { Run } from '../shell/run.ts';

/** The machine as the agent sees it. A test brings one that works, one that is empty, one that is broken. */
export interface Machine {
  readonly run: Run;
  readonly files: HostFiles;
  readonly clock: Clock;
  readonly log: Log;
}

/** Places in the file system of a host (docs/boot.md). */
export const PATHS = {
  facts: BOOT_FACTS,
  authority: AUTHORITY,
  sshKey: '/etc/ssh/ssh_host_ed25519_key',
  applied: '/etc/pxen/applied',
  packages: '/run/pxen/packages',
  drive: '/run/pxen/drive',
  guests: '/run/pxen/vm',
  images: '/run/pxen/images',
  dmi: '/sys/class/dmi/id',
  consoles: '/var/log/xen/console',
  /** Where xl reaches xenstored. */
  xenstore: '/run/xenstored/socket',
  vifScript: '/etc/xen/scripts/vif-bridge',
} as const;
