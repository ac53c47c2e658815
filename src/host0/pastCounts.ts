import type { HttpCounts } from '../shell/http.ts';
import type { TftpTotals } from './tftpTransfer.ts';

/** What servers that are closed have done: counters never go down while others take their place. */
export interface PastCounts {
  readonly http: HttpCounts;
  readonly https: HttpCounts;
  readonly tftp: TftpTotals;
}

const noHttp = (): HttpCounts => ({ connections: 0, sending: 0, bytes: 0, brokeOff: 0, answers: new Map() });

export const noPast = (): PastCounts => ({
  http: noHttp(),
  https: noHttp(),
  tftp: { requests: 0, files: 0, bytes: 0, refused: 0, brokeOff: 0 },
});

export function addHttp(past: HttpCounts, { bytes, brokeOff, answers }: HttpCounts): void {
  past.bytes += bytes;
  past.brokeOff += brokeOff;
  for (const [status, count] of answers) past.answers.set(status, (past.answers.get(status) ?? 0) + count);
}

export function addTftp(past: TftpTotals, { requests, files, bytes, refused, brokeOff }: Readonly<TftpTotals>): void {
  past.requests += requests;
  past.files += files;
  past.bytes += bytes;
  past.refused += refused;
  past.brokeOff += brokeOff;
}
