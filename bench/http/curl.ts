import { Failure } from '../../src/shell/fail.ts';
import { SERVER, type Bed } from '../bed.ts';

/** One transfer as curl saw it. */
export interface Transfer {
  readonly status: number;
  readonly bytes: number;
  readonly seconds: number;
}

const WRITE_OUT = '%{http_code} %{size_download} %{time_total}\n';

/** Reads what curl wrote for each transfer. Throws Failure for any other line. */
export const readCurl = (text: string): Transfer[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, status, bytes, seconds] = /^(\d{3}) (\d+) (\d+(?:\.\d+)?)$/.exec(line) ?? [];
      if (seconds === undefined) throw new Failure(`curl wrote ${JSON.stringify(line)}`, 'Is it curl?');
      return { status: Number(status), bytes: Number(bytes), seconds: Number(seconds) };
    });

/** Milliseconds for one measurement. */
const PATIENCE = 60_000;

/** Fetches a file `times` times over one connection. Throws Failure where not all of it came each time. */
export async function fetchTimes(bed: Bed, path: string, size: number, times: number): Promise<Transfer[]> {
  const urls = Array.from({ length: times }, () => ['--output', '/dev/null', `http://${SERVER}/${path}`]).flat();
  const command = ['curl', '--silent', '--show-error', '--write-out', WRITE_OUT, ...urls];
  const transfers = readCurl((await bed.client(command, { timeout: PATIENCE })).stdout);
  const short = transfers.find(({ status, bytes }) => status !== 200 || bytes !== size);
  if (short === undefined) return transfers;
  throw new Failure(`${path} came with status ${short.status} and ${short.bytes} bytes`, 'See what the server logged.');
}
