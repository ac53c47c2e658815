import { join } from 'node:path';
import { Failure } from '../../src/shell/fail.ts';
import { CLIENT, SERVER, type Bed } from '../bed.ts';
import { start } from '../process.ts';
import { fetchWith, type Wish } from './fetch.ts';

const PORT = 6969;

/**
 * One client at a distance of `delay` milliseconds: what it gets, as a share of what the window allows, which is window x
 * blksize through the round trip as the server saw it: the delay, and what relay and client take themselves.
 */
export async function shareOfBound(bed: Bed, wish: Wish, delay: number): Promise<number> {
  const relay = await start({
    command: [process.execPath, join(import.meta.dirname, 'relay.ts'), String(PORT), SERVER, String(delay)],
    space: bed.segment.client,
    env: {},
    output: join(bed.folder, 'relay.log'),
    ready: { protocol: 'udp', port: PORT },
  });
  let throughput: number;
  try {
    throughput = await fetchWith(bed, { ...wish, host: CLIENT, port: PORT }, 1);
  } finally {
    await relay.stop();
  }
  const roundTrip = Number((await relay.said()).trim());
  if (!(roundTrip >= delay)) throw new Failure('the relay saw no client', 'Is its port taken?');
  return throughput / bound(wish, roundTrip);
}

/** MB a second: bytes a millisecond are kB a second. */
const bound = ({ window, blksize }: Pick<Wish, 'window' | 'blksize'>, roundTrip: number): number =>
  (window * blksize) / roundTrip / 1000;
