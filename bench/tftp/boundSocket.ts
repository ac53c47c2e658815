import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import { Failure } from '../../src/shell/fail.ts';
import { bindTo, setLongestWait, udpSocket } from '../../src/shell/sockets.ts';
import { errnoName } from '../../src/shell/systemCalls.ts';

/** Milliseconds that it blocks at most. */
const WAIT = 1000;

/**
 * A UDP socket on a port of every address; 0 lets the system choose. It blocks, for a second at most. Throws Failure where the
 * port is taken.
 */
export function boundSocket(port: number): number {
  const fd = udpSocket('waits');
  if (fd < 0 || !bindTo(fd, { address: '0.0.0.0' as Ipv4, port }))
    throw new Failure(`UDP port ${port} cannot be opened: ${errnoName()}`, 'Is it taken?');
  setLongestWait(fd, WAIT);
  return fd;
}

const parent = process.ppid;

/** Ends this program where the bench that began it is gone, as when it is interrupted. */
export function endWithBench(): void {
  if (process.ppid !== parent) process.exit(1);
}
