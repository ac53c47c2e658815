import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import { Failure } from '../../src/shell/fail.ts';
import { encodeAddress } from '../../src/shell/libc.ts';
import { errnoName, libc } from '../../src/shell/systemCalls.ts';

const AF_INET = 2;
const SOCK_DGRAM = 2;
const [SOL_SOCKET, SO_RCVTIMEO] = [1, 20];

/**
 * A UDP socket on a port of every address; 0 lets the system choose. It blocks, for a second at most. Throws Failure where the
 * port is taken.
 */
export function boundSocket(port: number): number {
  const fd = libc().socket(AF_INET, SOCK_DGRAM, 0);
  const address = encodeAddress({ address: '0.0.0.0' as Ipv4, port });
  if (fd < 0 || libc().bind(fd, address, address.length) < 0)
    throw new Failure(`UDP port ${port} cannot be opened: ${errnoName()}`, 'Is it taken?');
  // struct timeval: two words of 8 bytes.
  const second = new Uint8Array(16);
  second[0] = 1;
  libc().setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, second, second.length);
  return fd;
}

const parent = process.ppid;

/** Ends this program where the bench that began it is gone, as when it is interrupted. */
export function endWithBench(): void {
  if (process.ppid !== parent) process.exit(1);
}
