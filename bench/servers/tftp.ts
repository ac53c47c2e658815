import { join } from 'node:path';
import { SERVER } from '../bed.ts';
import type { Unpacked } from '../packages.ts';
import { start } from '../process.ts';
import type { Server } from './server.ts';

const READY = { protocol: 'udp', port: 69 } as const;

/** H. Peter Anvin's server, standing alone; a process a transfer. */
export const tftpdHpa = ({ version, program, env }: Unpacked, root: string): Server => ({
  name: 'tftpd-hpa',
  version,
  start: ({ segment, folder }) =>
    start({
      command: [program('in.tftpd'), '--foreground', '--address', `${SERVER}:69`, '--secure', root],
      space: segment.server,
      env,
      output: join(folder, 'tftpd-hpa.log'),
      ready: READY,
    }),
});

/** atftpd, standing alone; a thread a transfer. */
export const atftpd = ({ version, program, env }: Unpacked, root: string): Server => ({
  name: 'atftpd',
  version,
  start: ({ segment, folder }) => {
    const flags = ['--daemon', '--no-fork', '--user', 'root.root', '--logfile', '-', '--maxthread', '200'];
    return start({
      command: [program('atftpd'), ...flags, '--bind-address', SERVER, root],
      space: segment.server,
      env,
      output: join(folder, 'atftpd.log'),
      ready: READY,
    });
  },
});
