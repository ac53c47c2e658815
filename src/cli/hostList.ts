import { machineOfEntry } from '../core/cluster/explain.ts';
import { poolOf } from '../core/cluster/pools.ts';
import type { Cluster, HostEntry } from '../core/cluster/schema.ts';
import type { Call } from './call.ts';
import { readCluster } from './readCluster.ts';

/** `pxen host list`: the hosts that the file names. */
export async function run({ switches, values }: Call): Promise<number> {
  const { file, cluster } = await readCluster(values);
  const { hosts } = cluster;
  if (switches.has('json')) {
    process.stdout.write(`${JSON.stringify({ schema: 'pxen.hosts/1', file, hosts }, undefined, 2)}\n`);
    return 0;
  }
  const rows = [
    ['NAME', 'MAC, UUID OR SERIAL', 'ADDRESS', 'PROFILE', 'POOL', 'LABELS'],
    ...hosts.map((host) => rowOf(cluster, host)),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

/** A pool that depends on hardware is left out: a file does not tell what is in a machine. */
function rowOf(cluster: Cluster, host: HostEntry): string[] {
  const { name, mac, uuid, serial, address, profile, labels, boot } = host;
  return [
    name ?? '-',
    mac ?? uuid ?? serial ?? '-',
    address ?? '-',
    boot === 'deny' ? '(denied)' : (profile ?? '-'),
    poolOf(cluster, machineOfEntry(cluster, host, {}))?.pool ?? '-',
    Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(' ') || '-',
  ];
}
