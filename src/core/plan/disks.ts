import type { HostReport, Step } from '../api/report.ts';
import { srUuid } from '../identity/uuid.ts';
import { attempt, isAt, type PlanHost } from './hosts.ts';

/** Steps that make SRs, and sentences about disks that cannot become one. */
export interface DiskPlan {
  readonly steps: readonly Step[];
  readonly warnings: readonly string[];
}

/** Only disks that cluster.yaml names by serial for this very host, and only those that hold nothing. */
export function planDisks(host: PlanHost, cluster: string): DiskPlan {
  const parts = (host.entry?.disks ?? []).map((disk) => planDisk(host, cluster, disk.serial));
  return { steps: parts.flatMap((part) => part.steps), warnings: parts.flatMap((part) => part.warnings) };
}

function planDisk(host: PlanHost, cluster: string, serial: string): DiskPlan {
  const [disk, ...twins] = host.seen.report.disks.filter((candidate) => candidate.serial === serial);
  const refused = refusal(host, serial, disk, twins.length > 0);
  if (refused !== undefined) return { steps: [], warnings: [refused] };
  if (disk?.holds === 'ours') return { steps: [], warnings: [] };
  const uuid = srUuid(cluster, serial);
  if (isAt(host, 'sr.create', uuid)) return { steps: [], warnings: [] };
  const next = attempt(host, 'sr.create', uuid);
  if ('failed' in next) {
    return { steps: [], warnings: [`disk ${serial} of ${host.name} could not become storage: ${next.failed}`] };
  }
  return { steps: [{ kind: 'sr.create', id: next.id, serial, uuid, name: `${host.name}-${serial}` }], warnings: [] };
}

type Disk = HostReport['disks'][number];

function refusal(host: PlanHost, serial: string, disk: Disk | undefined, twins: boolean): string | undefined {
  const which = `disk ${serial} of ${host.name}`;
  if (disk === undefined) return `${which} is named in cluster.yaml but is not there`;
  if (twins) return `${which}: two disks give this serial number, so neither is touched`;
  if (disk.holds === 'drive') return `${which} is the drive itself; it cannot hold VMs`;
  if (disk.holds === 'foreign') {
    return `${which} is named in cluster.yaml but already holds something, so it is left alone; empty it (wipefs -a ${disk.device}) to use it`;
  }
  return undefined;
}
