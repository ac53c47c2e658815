import type { Metric } from '../core/http/metrics.ts';
import type { HttpCounts } from '../shell/http.ts';
import type { TftpServer } from './tftp.ts';

/** What `/metrics` is made from: each server of each interface, once it runs. */
export interface Measured {
  readonly http: HttpMeasured[];
  readonly tftp: TftpMeasured[];
  readonly leases: () => number;
}

interface HttpMeasured {
  readonly by: string;
  readonly on: string;
  readonly counts: HttpCounts;
}

interface TftpMeasured {
  readonly on: string;
  readonly count: TftpServer['count'];
}

export const measure = ({ http, tftp, leases }: Measured): readonly Metric[] => [
  ...httpMetrics(http),
  ...tftpMetrics(tftp),
  {
    name: 'pxen_dhcp_leases',
    type: 'gauge',
    help: 'Addresses that are leased.',
    samples: [{ value: leases() }],
  },
];

function httpMetrics(servers: readonly HttpMeasured[]): readonly Metric[] {
  const of = (name: string, type: Metric['type'], help: string, read: (counts: HttpCounts) => number): Metric => ({
    name: `pxen_http_${name}`,
    type,
    help,
    samples: servers.map(({ by, on, counts }) => ({ labels: { by, interface: on }, value: read(counts) })),
  });
  const answers = servers.flatMap(({ by, on, counts }) =>
    [...counts.answers].map(([status, value]) => ({ labels: { by, interface: on, status: String(status) }, value })),
  );
  return [
    { name: 'pxen_http_answers_total', type: 'counter', help: 'Answers sent.', samples: answers },
    of('sent_bytes_total', 'counter', 'Bytes of files sent.', ({ bytes }) => bytes),
    of('broken_total', 'counter', 'Answers that broke off.', ({ brokeOff }) => brokeOff),
    of('connections', 'gauge', 'Connections that are open.', ({ connections }) => connections),
    of('sending', 'gauge', 'Files that are being sent.', ({ sending }) => sending),
  ];
}

type TftpCounts = ReturnType<TftpServer['count']>;

function tftpMetrics(servers: readonly TftpMeasured[]): readonly Metric[] {
  const now = servers.map(({ on, count }) => ({ on, counts: count() }));
  const of = (name: string, type: Metric['type'], help: string, read: (counts: TftpCounts) => number): Metric => ({
    name: `pxen_tftp_${name}`,
    type,
    help,
    samples: now.map(({ on, counts }) => ({ labels: { interface: on }, value: read(counts) })),
  });
  return [
    of('requests_total', 'counter', 'Requests, repeated ones included.', ({ requests }) => requests),
    of('files_total', 'counter', 'Files sent whole.', ({ files }) => files),
    of('sent_bytes_total', 'counter', 'Bytes of files that the clients acknowledged.', ({ bytes }) => bytes),
    of('refused_total', 'counter', 'Requests refused, mostly for what is not there.', ({ refused }) => refused),
    of('broken_total', 'counter', 'Transfers that broke off.', ({ brokeOff }) => brokeOff),
    of('transfers', 'gauge', 'Transfers under way.', ({ running }) => running),
    of('waiting', 'gauge', 'Requests that wait until a transfer ends.', ({ waiting }) => waiting),
  ];
}
