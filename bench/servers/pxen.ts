import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKOUT } from '../../src/build/paths.ts';
import { Segment } from '../../lab/segment.ts';
import { PREFIX, SERVER } from '../bed.ts';
import { start } from '../process.ts';
import type { Server } from './server.ts';

/** The boot server from this checkout, with the log that a user would have. `drive`: a folder laid out like one. */
export const pxen = (drive: string, version: string): Server => ({
  name: 'pxen',
  version,
  async start({ segment, folder }) {
    const journal = join(folder, 'leases');
    await rm(journal, { force: true });
    const flags = ['--interface', Segment.interface, '--address', `${SERVER}/${PREFIX}`, '--journal', journal];
    return start({
      command: [join(CHECKOUT, 'pxen'), 'host0', '--dir', drive, ...flags],
      space: segment.server,
      env: {},
      output: join(folder, 'pxen.log'),
      // Opened last: everything else serves by then.
      ready: { protocol: 'udp', port: 67 },
    });
  },
});
