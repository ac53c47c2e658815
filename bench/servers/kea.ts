import { rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Segment } from '../../lab/segment.ts';
import { POOL, PREFIX, SERVER } from '../bed.ts';
import type { Unpacked } from '../packages.ts';
import { start } from '../process.ts';
import type { Server } from './server.ts';

/** Kea's DHCPv4 server: leases in memory, written to its file at each change, a thread a processor; the rest as it comes. */
export const kea = ({ version, program, env }: Unpacked): Server => ({
  name: 'kea',
  version,
  async start({ segment, folder }) {
    const [leases, config] = [join(folder, 'kea-leases.csv'), join(folder, 'kea.json')];
    await rm(leases, { force: true });
    await writeFile(config, JSON.stringify(keaConfig(leases)));
    return start({
      command: [program('kea-dhcp4'), '-c', config],
      space: segment.server,
      // Where Debian's package would have put them.
      env: { ...env, KEA_PIDFILE_DIR: folder, KEA_LOCKFILE_DIR: folder, KEA_LFC_EXECUTABLE: program('kea-lfc') },
      output: join(folder, 'kea.log'),
      ready: { protocol: 'udp', port: 67 },
    });
  },
});

const keaConfig = (leases: string): unknown => ({
  Dhcp4: {
    'interfaces-config': { interfaces: [Segment.interface] },
    'lease-database': { type: 'memfile', persist: true, name: leases },
    'multi-threading': { 'enable-multi-threading': true, 'thread-pool-size': availableParallelism() },
    'valid-lifetime': 3600,
    subnet4: [{ subnet: `${SERVER.replace(/1$/, '0')}/${PREFIX}`, pools: [{ pool: `${POOL.first} - ${POOL.last}` }] }],
    loggers: [{ name: 'kea-dhcp4', severity: 'INFO', output_options: [{ output: 'stdout' }] }],
  },
});
