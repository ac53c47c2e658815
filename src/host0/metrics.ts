import type { Metric } from '../core/http/metrics.ts';
import type { HttpCounts, HttpServer } from '../shell/http.ts';
import type { TftpServer } from './tftp.ts';

/** What `/metrics` is made from: the servers that run, of all networks together. */
export interface Measured {
  /** By the protocol's name. */
  readonly http: () => Readonly<Record<string, readonly Pick<HttpServer, 'counts'>[]>>;
  readonly tftp: () => readonly TftpServer[];
  readonly leases: () => number;
}

const one = (name: string, type: Metric['type'], help: string, value: number): Metric => ({
  name,
  type,
  help,
  samples: [{ value }],
});

export const measure = ({ http, tftp, leases }: Measured): readonly Metric[] => [
  ...httpMetrics(http()),
  ...tftpMetrics(tftp()),
  one('pxen_dhcp_leases', 'gauge', 'Addresses that are leased.', leases()),
];

const sum = <T>(all: readonly T[], read: (one: T) => number): number =>
  all.reduce((total, each) => total + read(each), 0);

function httpMetrics(servers: Readonly<Record<string, readonly Pick<HttpServer, 'counts'>[]>>): readonly Metric[] {
  const running = Object.entries(servers).flatMap(([by, all]) =>
    all.length === 0 ? [] : [{ by, all: all.map(({ counts }) => counts) }],
  );
  const of = (name: string, type: Metric['type'], help: string, read: (counts: HttpCounts) => number): Metric => ({
    name,
    type,
    help,
    samples: running.map(({ by, all }) => ({ labels: { by }, value: sum(all, read) })),
  });
  const answers = running.flatMap(({ by, all }) =>
    [...new Set(all.flatMap(({ answers: given }) => [...given.keys()]))].map((status) => ({
      labels: { by, status: String(status) },
      value: sum(all, ({ answers: given }) => given.get(status) ?? 0),
    })),
  );
  return [
    { name: 'pxen_http_answers_total', type: 'counter', help: 'Answers sent.', samples: answers },
    of('pxen_http_sent_bytes_total', 'counter', 'Bytes of files sent.', ({ bytes }) => bytes),
    of('pxen_http_broken_total', 'counter', 'Answers that broke off.', ({ brokeOff }) => brokeOff),
    of('pxen_http_connections', 'gauge', 'Connections that are open.', ({ connections }) => connections),
    of('pxen_http_sending', 'gauge', 'Files that are being sent.', ({ sending }) => sending),
  ];
}

type TftpCounts = ReturnType<TftpServer['count']>;

/** Name behind `pxen_tftp_`, kind, help, and what is read. */
const TFTP: readonly (readonly [name: string, type: Metric['type'], help: string, read: (of: TftpCounts) => number])[] =
  [
    ['requests_total', 'counter', 'Requests, repeated ones included.', ({ requests }) => requests],
    ['files_total', 'counter', 'Files sent whole.', ({ files }) => files],
    ['sent_bytes_total', 'counter', 'Bytes of files that the clients acknowledged.', ({ bytes }) => bytes],
    ['refused_total', 'counter', 'Requests refused, mostly for files that are not there.', ({ refused }) => refused],
    ['broken_total', 'counter', 'Transfers that broke off.', ({ brokeOff }) => brokeOff],
    ['transfers', 'gauge', 'Transfers under way.', ({ running }) => running],
    ['waiting', 'gauge', 'Requests that wait until a transfer ends.', ({ waiting }) => waiting],
  ];

function tftpMetrics(servers: readonly TftpServer[]): readonly Metric[] {
  const counts = servers.map((server) => server.count());
  if (counts.length === 0) return [];
  return TFTP.map(([name, type, help, read]) => one(`pxen_tftp_${name}`, type, help, sum(counts, read)));
}
