import type { Metric } from '../core/http/metrics.ts';
import type { HttpCounts } from '../shell/http.ts';
import type { TftpServer } from './tftp.ts';

/** What `/metrics` is made from. Undefined for what does not run yet. */
export interface Measured {
  /** By the protocol's name. */
  readonly http: () => Readonly<Record<string, HttpCounts | undefined>>;
  readonly tftp: () => ReturnType<TftpServer['count']> | undefined;
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

function httpMetrics(servers: Readonly<Record<string, HttpCounts | undefined>>): readonly Metric[] {
  const running = Object.entries(servers).flatMap(([by, counts]) => (counts === undefined ? [] : [{ by, counts }]));
  const of = (name: string, type: Metric['type'], help: string, read: (counts: HttpCounts) => number): Metric => ({
    name,
    type,
    help,
    samples: running.map(({ by, counts }) => ({ labels: { by }, value: read(counts) })),
  });
  const answers = running.flatMap(({ by, counts }) =>
    [...counts.answers].map(([status, value]) => ({ labels: { by, status: String(status) }, value })),
  );
  return [
    { name: 'pxen_http_answers_total', type: 'counter', help: 'Answers sent.', samples: answers },
    of('pxen_http_sent_bytes_total', 'counter', 'Bytes of files sent.', ({ bytes }) => bytes),
    of('pxen_http_broken_total', 'counter', 'Answers that broke off.', ({ brokeOff }) => brokeOff),
    of('pxen_http_connections', 'gauge', 'Connections that are open.', ({ connections }) => connections),
    of('pxen_http_sending', 'gauge', 'Files that are being sent.', ({ sending }) => sending),
  ];
}

function tftpMetrics(counts: ReturnType<TftpServer['count']> | undefined): readonly Metric[] {
  if (counts === undefined) return [];
  return [
    one('pxen_tftp_requests_total', 'counter', 'Requests, repeated ones included.', counts.requests),
    one('pxen_tftp_files_total', 'counter', 'Files sent whole.', counts.files),
    one('pxen_tftp_sent_bytes_total', 'counter', 'Bytes of files that the clients acknowledged.', counts.bytes),
    one('pxen_tftp_refused_total', 'counter', 'Requests refused, mostly for files that are not there.', counts.refused),
    one('pxen_tftp_broken_total', 'counter', 'Transfers that broke off.', counts.brokeOff),
    one('pxen_tftp_transfers', 'gauge', 'Transfers under way.', counts.running),
    one('pxen_tftp_waiting', 'gauge', 'Requests that wait until a transfer ends.', counts.waiting),
  ];
}
