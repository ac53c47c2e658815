import type { Status } from '../src/core/api/status.ts';
import type { Board } from './board.ts';
import type { Machine } from './machine.ts';
import type { LabOptions } from './options.ts';
import { STAGES, type Seconds } from './progress.ts';
import { labResult, type Failed, type LabHost, type LabResult } from './result.ts';

/** What a run has to show so far. */
export interface Seen {
  readonly machines: readonly Machine[];
  readonly board: Board;
  readonly status: Status | undefined;
}

const NO_SECONDS = Object.fromEntries(STAGES.map((stage) => [stage, null])) as unknown as Seconds;

/** The result of a run: clocked by the lab, the facts by host0's status. */
export function outcome(options: LabOptions, seen: Seen | undefined, failed: Failed | null): LabResult {
  return labResult.parse({
    schema: 'pxen.lab/1',
    ok: failed === null,
    hosts: seen?.machines.map((machine) => hostOf(machine, seen)) ?? [],
    vms: seen?.status?.vms.map(({ name, host, state }) => ({ name, host, state })) ?? [],
    drive: { bytes: options.drive.bytes },
    image: options.image,
    failed,
  });
}

function hostOf(machine: Machine, { board, status }: Seen): LabHost {
  const { name, mac, uuid, firmware, drive } = machine.spec;
  const report = status?.hosts.find((host) => host.mac === mac)?.report?.host;
  return {
    name,
    place: report?.place ?? (drive === null ? 'hostU' : 'host0'),
    boot: drive === null ? 'network' : 'drive',
    firmware,
    mac,
    uuid,
    xen: report?.software_version.xen ?? null,
    kernel: report?.software_version.linux ?? null,
    seconds: board.boot(machine)?.seconds ?? NO_SECONDS,
    bytesFetched: report?.bytes_fetched ?? null,
  };
}
