import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { IP_ADDR_DETAILS, parseIpAddr, type Link } from '../core/discover/ip.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import type { Run } from './run.ts';

/** The interfaces of this machine and their addresses, by iproute2. */
export const readLinks = async (run: Run): Promise<readonly Link[]> => parseIpAddr((await run(IP_ADDR_DETAILS)).stdout);

/**
 * The number of an interface as the system counts them: one that went and came back has another. Undefined where it is gone,
 * or runs without this address.
 */
export async function linkIndex(name: string, address: Ipv4): Promise<number | undefined> {
  const text = await readFile(`/sys/class/net/${name}/ifindex`, 'utf8').catch(() => undefined);
  // An interface without a cable is not listed here, and keeps its address.
  const running = networkInterfaces()[name];
  const hasLost = running !== undefined && !running.some((one) => one.address === address);
  return text === undefined || hasLost ? undefined : Number(text);
}
