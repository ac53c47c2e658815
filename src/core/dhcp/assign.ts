import type { Ipv4 } from '../net/ipv4.ts';
import type { Mac } from '../net/mac.ts';
import type { LeaseBook } from './lease-book.ts';
import { addressFor, inPool, type MachineId, type Pool } from './pool.ts';
import { scarceAddress } from './scarce.ts';

/** Who asks for an address, and what stands for it in cluster.yaml. */
export interface Tenant {
  readonly id: MachineId;
  readonly mac: Mac | null;
  readonly uuid: string | null;
  /** The address cluster.yaml gives this machine. */
  readonly fixed: Ipv4 | undefined;
  /** Whether it asks to be booted. */
  readonly boots: boolean;
}

/** Whether nobody else has the address. One that was only offered, or that ran out and is wanted back, is free. */
function freeFor(book: LeaseBook, id: MachineId, address: Ipv4, now: number): boolean {
  const lease = book.at(address);
  const taken = lease !== undefined && lease.id !== id && !(lease.state === 'offered' && lease.until <= now);
  return !taken && !book.isBad(address, now);
}

/** Whether the machine may have just this address. */
export function mayHave(book: LeaseBook, pool: Pool, tenant: Tenant, address: Ipv4, now: number): boolean {
  if (tenant.fixed === address) return fixedIsFree(book, tenant, now);
  return inPool(pool, address) && freeFor(book, tenant.id, address, now);
}

/** Whether the address that cluster.yaml fixes can be given now. */
export function fixedIsFree(book: LeaseBook, tenant: Tenant, now: number): boolean {
  if (tenant.fixed === undefined || book.isBad(tenant.fixed, now)) return false;
  const holder = book.at(tenant.fixed);
  return holder === undefined || holder.id === tenant.id || holder.until <= now;
}

/**
 * The address for a machine (RFC 2131 4.3.1): fixed, else the one it has or had, else the one it asks for, else the one
 * that follows from its id, else that of whoever has been gone longest. Undefined where every address is in use.
 */
export function assign(
  book: LeaseBook,
  pool: Pool,
  tenant: Tenant,
  requested: Ipv4 | undefined,
  now: number,
): Ipv4 | undefined {
  if (tenant.fixed !== undefined && fixedIsFree(book, tenant, now)) return tenant.fixed;
  const held = book.of(tenant.id, pool.subnet.network)?.address;
  if (held !== undefined && mayHave(book, pool, tenant, held, now)) return held;
  if (requested !== undefined && mayHave(book, pool, tenant, requested, now)) return requested;
  const isFree = (address: Ipv4): boolean => freeFor(book, tenant.id, address, now);
  return addressFor(tenant.id, pool, isFree) ?? scarceAddress(book, pool, tenant.id, now, isFree);
}
