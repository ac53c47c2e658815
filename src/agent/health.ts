import type { HostReport } from '../core/api/report.ts';
import type { Domain, XlInfo } from '../core/discover/xl.ts';

/** What the looks at a machine gave; undefined where a look failed. */
export interface Vitals {
  readonly storage: unknown;
  readonly info: XlInfo | undefined;
  readonly domains: readonly Domain[] | undefined;
  readonly failed: readonly string[] | undefined;
  readonly memory: { readonly total: number; readonly available: number } | undefined;
}

/** Bytes that dom0 must have left: below, a report, an SSH login or the start of a VM may be what runs it out. */
const MEMORY_FLOOR = 64 * 2 ** 20;

/** Whether a host can be trusted with VMs, and in sentences what speaks against it. */
export function healthOf(vitals: Vitals): HostReport['health'] {
  const problems = [
    ...xenProblems(vitals),
    ...(vitals.storage === undefined ? ['its disks cannot be seen'] : []),
    ...(vitals.failed === undefined ? ['systemd does not answer'] : vitals.failed.map((unit) => `${unit} has failed`)),
    ...memoryProblems(vitals.memory),
  ];
  return { ok: problems.length === 0, problems };
}

function xenProblems({ info, domains }: Vitals): string[] {
  const xen = info === undefined ? ['Xen does not answer'] : [];
  if (domains === undefined) return [...xen, 'the domains cannot be listed'];
  // Names of domains come from xenstore, that of dom0 as well: xen-init-dom0 has put it there.
  const named = domains.some((domain) => domain.domid === 0 && domain.name === 'Domain-0');
  return named ? xen : [...xen, 'xenstore does not answer'];
}

function memoryProblems(memory: Vitals['memory']): string[] {
  if (memory === undefined) return ['its memory cannot be read'];
  if (memory.available >= MEMORY_FLOOR) return [];
  return [
    `dom0 has only ${Math.floor(memory.available / 2 ** 20)} MiB of memory left, below the floor of ${MEMORY_FLOOR / 2 ** 20} MiB; give it more with xenArgs: [dom0_mem=...]`,
  ];
}
