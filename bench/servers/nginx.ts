import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SERVER } from '../bed.ts';
import type { Unpacked } from '../packages.ts';
import { start } from '../process.ts';
import type { Server } from './server.ts';

/** nginx as one sets it up for large files: the kernel copies, a worker a processor; the access log stays on. */
export const nginx = ({ version, program, env }: Unpacked, root: string): Server => ({
  name: 'nginx',
  version,
  async start({ segment, folder }) {
    const config = join(folder, 'nginx.conf');
    await writeFile(config, nginxConfig(folder, root));
    return start({
      command: [program('nginx'), '-p', folder, '-c', config, '-e', 'stderr'],
      space: segment.server,
      env,
      output: join(folder, 'nginx.log'),
      ready: { protocol: 'tcp', port: 80 },
    });
  },
});

const nginxConfig = (folder: string, root: string): string => `
daemon off;
user root;
pid ${folder}/nginx.pid;
worker_processes auto;
events { worker_connections 1024; }
http {
  access_log ${folder}/access.log;
  sendfile on;
  tcp_nopush on;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server { listen ${SERVER}:80; location / { root ${root}; } }
}
`;
