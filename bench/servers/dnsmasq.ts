import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Segment } from '../../lab/segment.ts';
import { POOL } from '../bed.ts';
import type { Unpacked } from '../packages.ts';
import { start } from '../process.ts';
import type { Server } from './server.ts';

/** What its single process is to do. Its name service is off. */
const base = (program: string): string[] => [
  program,
  '--keep-in-foreground',
  '--conf-file=/dev/null',
  '--pid-file=',
  '--user=root',
  '--port=0',
  `--interface=${Segment.interface}`,
  '--log-facility=-',
];

/** dnsmasq as a DHCP server. It does not ping an address before it offers it: that would only slow it down here. */
export const dnsmasqDhcp = ({ version, program, env }: Unpacked): Server => ({
  name: 'dnsmasq',
  version,
  async start({ segment, folder }) {
    const leases = join(folder, 'dnsmasq.leases');
    await rm(leases, { force: true });
    const range = `--dhcp-range=${POOL.first},${POOL.last},1h`;
    const flags = [
      range,
      '--no-ping',
      '--dhcp-lease-max=1000000',
      `--dhcp-leasefile=${leases}`,
      '--dhcp-authoritative',
    ];
    return start({
      command: [...base(program('dnsmasq')), ...flags],
      space: segment.server,
      env,
      output: join(folder, 'dnsmasq.log'),
      ready: { protocol: 'udp', port: 67 },
    });
  },
});

/** dnsmasq as a TFTP server of a folder. */
export const dnsmasqTftp = ({ version, program, env }: Unpacked, root: string): Server => ({
  name: 'dnsmasq',
  version,
  start: ({ segment, folder }) =>
    start({
      command: [...base(program('dnsmasq')), '--enable-tftp', `--tftp-root=${root}`, '--tftp-max=200'],
      space: segment.server,
      env,
      output: join(folder, 'dnsmasq.log'),
      ready: { protocol: 'udp', port: 69 },
    }),
});
