import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import { bootHandler } from '../../src/host0/http.ts';
import { serveTftp } from '../../src/host0/tftp.ts';
import type { TftpDeps } from '../../src/host0/tftpTransfer.ts';
import { realClock } from '../../src/shell/clock.ts';
import { diskFiles } from '../../src/shell/files.ts';
import { serveHttp } from '../../src/shell/http.ts';
import { carry } from '../../src/shell/sending/carry.ts';
import { openTls } from '../../src/shell/tlsIdentity.ts';
import { openUdp } from '../../src/shell/udp.ts';
import { policy } from '../fixtures/policy.ts';

/** TFTP and boot HTTP(S) alone, as a process that a test puts into a namespace: ADDRESS FOLDER KEYS OPTIONS. */

const [address = '', folder = '', keys = '', options = '{}'] = process.argv.slice(2);
const at = address as Ipv4;
const { mtu, ...wishes } = JSON.parse(options) as Pick<TftpDeps, 'singlePort'> & { readonly mtu?: number };
const files = diskFiles(folder);
const say = (id: string, values: object = {}): void => void process.stdout.write(`${id} ${JSON.stringify(values)}\n`);
const base = { policy: () => policy(), files, made: async () => undefined, log: { say } };

serveTftp(await openUdp({ port: 69, address: at }), {
  ...base,
  open: openUdp,
  carry,
  address: at,
  clock: realClock,
  sent: (to, path, bytes) => say('sent', { to, path, bytes }),
  ...(mtu === undefined ? {} : { mtuOf: () => mtu }),
  ...wishes,
});

const never = (): never => {
  throw new Error('only files are served here');
};
const handler = bootHandler({
  ...base,
  cluster: never,
  base: '',
  release: 'r1',
  isSecure: false,
  authority: async () => undefined,
  authorityNow: () => undefined,
  machine: never,
  told: never,
  facts: never,
  service: never,
  fetched: (_mac, from, step, detail) => say('fetched', { from, step, detail }),
});
const broken = (error: unknown): void => say('broken', { error: String(error) });
const tls = await openTls(keys, { addresses: [at], names: ['host0.lab.internal'], cluster: 'lab' });
await serveHttp({ address: at, port: 80, files, handler, broken });
await serveHttp({ address: at, port: 443, files, handler, broken, tls });
say('serving');
