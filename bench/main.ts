import { Failure } from '../src/shell/fail.ts';
import { whyNot } from '../lab/segment.ts';
import { Beds } from './bed.ts';
import type { Job } from './field.ts';
import type { BenchResult } from './result.ts';

/** What `pxen bench NAME` runs; each measures beside peers in one run. */
export { benchBoot, benchText } from './boot.ts';
export { plot } from './plot.ts';
export { resultText } from './table.ts';

type PeerBench = BenchResult['bench'];

const PEER_BENCHES: Readonly<Record<PeerBench, (job: Job) => Promise<BenchResult>>> = {
  dhcp: async (job) => (await import('./dhcp/main.ts')).benchDhcp(job),
  tftp: async (job) => (await import('./tftp/main.ts')).benchTftp(job),
  http: async (job) => (await import('./http/main.ts')).benchHttp(job),
};

export const isPeerBench = (name: string): name is PeerBench => Object.hasOwn(PEER_BENCHES, name);

/** Runs a bench in namespaces of its own, which are gone when it ends, however it ends. */
export async function benchBeside(name: PeerBench, options: Omit<Job, 'beds'>): Promise<BenchResult> {
  const why = await whyNot(['nft', 'ethtool', 'atftp', 'curl', 'apt-get', 'dpkg-deb']);
  if (why !== false) throw new Failure(`this bench cannot run here: ${why}`, 'Run it as root on Debian or Ubuntu.');
  const beds = new Beds();
  const interrupted = (): void => void beds.remove().finally(() => process.exit(1));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted);
  try {
    return await PEER_BENCHES[name]({ ...options, beds });
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupted);
    await beds.remove();
  }
}
