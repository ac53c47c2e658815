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

/** Places tried by hash before the search goes on in order. */
const JUMPS = 16;

/**
 * The address of a machine: on every server of the cluster the same, since it depends on nothing but the machine and the
 * pool, unless another machine came first there. Then by a second hash and so on: going on to the neighbour would push that
 * one's owner away too. At last in order, so that a free address is found if there is one.
 */
export function addressFor(id: MachineId, pool: Pool, isFree: (address: Ipv4) => boolean): Ipv4 | undefined {
  const places = subnetSize(pool.subnet) - 2;
  if (places <= 0) return undefined;
  const isGood = (address: Ipv4): boolean => inPool(pool, address) && isFree(address);
  const at = (place: number): Ipv4 => subnetAddress(pool.subnet, 1 + (place % places));
  for (let jump = 0; jump < JUMPS; jump += 1) {
    const address = at(hash32(`${id} ${jump}`));
    if (isGood(address)) return address;
  }
  for (let place = 0; place < places; place += 1) {
    if (isGood(at(place))) return at(place);
  }
  return undefined;
}
