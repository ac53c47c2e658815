import { inSubnet, subnetAddress, subnetBroadcast, subnetSize, type Ipv4, type Subnet } from '../net/ipv4.ts';

/** The addresses that a server may give. */
export interface Pool {
  readonly subnet: Subnet;
  /** Never given to just anybody: the server, the gateway, and what cluster.yaml fixes. */
  readonly excluded: ReadonlySet<Ipv4>;
}

/** What one machine is told apart by: its MAC, else its UUID, else what it calls itself. */
export type MachineId = string & { readonly __machine: true };

/** 32 bits that spread well (FNV-1a and the last step of MurmurHash3). */
export function hash32(text: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
  return (sum ^ (sum >>> 16)) >>> 0;
}

/** Whether the pool may give the address at all. */
export function inPool(pool: Pool, address: Ipv4): boolean {
  const usable = inSubnet(pool.subnet, address) && !pool.excluded.has(address);
  return usable && address !== pool.subnet.network && address !== subnetBroadcast(pool.subnet);
}

/**
 * The address of a machine: the same on every server of the cluster, since it depends on nothing but the machine and the
 * pool. From there on the next one that is free; undefined where none is.
 */
export function addressFor(id: MachineId, pool: Pool, isFree: (address: Ipv4) => boolean): Ipv4 | undefined {
  const places = subnetSize(pool.subnet) - 2;
  const start = places > 0 ? hash32(id) % places : 0;
  for (let step = 0; step < places; step += 1) {
    const address = subnetAddress(pool.subnet, 1 + ((start + step) % places));
    if (inPool(pool, address) && isFree(address)) return address;
  }
  return undefined;
}
