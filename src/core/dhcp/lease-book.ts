import type { Ipv4 } from '../net/ipv4.ts';
import type { Mac } from '../net/mac.ts';
import type { MachineId } from './pool.ts';

export interface Lease {
  readonly id: MachineId;
  /** Null where the machine has no Ethernet address. */
  readonly mac: Mac | null;
  /** The UUID of its board, where it ever told. */
  readonly uuid: string | null;
  /** The subnet's own address. A card that stands in several networks, as VLANs of one do, has a lease in each. */
  readonly network: Ipv4;
  readonly address: Ipv4;
  readonly state: 'offered' | 'bound' | 'released';
  /** Milliseconds on the server's clock; afterwards the address is only kept for the machine while there are others. */
  readonly until: number;
  /** Whether the machine has ever asked to be booted: those are woken at the next start. */
  readonly boots: boolean;
}

/** What changes in a lease book. The journal holds these, and reading it again gives the same book. */
export type LeaseRecord =
  | { readonly kind: 'lease'; readonly lease: Lease }
  | { readonly kind: 'forget'; readonly id: MachineId; readonly network: Ipv4 }
  | { readonly kind: 'bad'; readonly address: Ipv4; readonly until: number };

/** Who has which address: the state of the lease machine. Changes only by records. */
export class LeaseBook {
  readonly #byId = new Map<Ipv4, Map<MachineId, Lease>>();
  readonly #byAddress = new Map<Ipv4, Lease>();
  readonly #byMac = new Map<Mac, Lease>();
  readonly #bad = new Map<Ipv4, number>();
  #freed = 0;

  apply(record: LeaseRecord): void {
    if (record.kind === 'bad') this.#bad.set(record.address, record.until);
    else if (record.kind === 'forget') this.#remove(this.of(record.id, record.network));
    else this.#set(record.lease);
  }

  /** The lease of a machine in the subnet with this address. */
  of(id: MachineId, network: Ipv4): Lease | undefined {
    return this.#byId.get(network)?.get(id);
  }

  at(address: Ipv4): Lease | undefined {
    return this.#byAddress.get(address);
  }

  /** The lease that a card was given last. */
  ofMac(mac: Mac): Lease | undefined {
    return this.#byMac.get(mac);
  }

  all(): IterableIterator<Lease> {
    return this.#byAddress.values();
  }

  get size(): number {
    return this.#byAddress.size;
  }

  /** Counts how often an address came free: while it stands still, a pool that was full is full. */
  get freed(): number {
    return this.#freed;
  }

  /** Whether somebody found the address in use by a stranger (RFC 2131 4.3.3). */
  isBad(address: Ipv4, now: number): boolean {
    return this.#bad.size > 0 && (this.#bad.get(address) ?? -Infinity) > now;
  }

  #set(lease: Lease): void {
    const before = this.of(lease.id, lease.network);
    if (before?.address !== lease.address) this.#remove(before);
    const holder = this.#byAddress.get(lease.address);
    if (holder !== undefined && holder.id !== lease.id) this.#drop(holder);
    let ids = this.#byId.get(lease.network);
    if (ids === undefined) this.#byId.set(lease.network, (ids = new Map()));
    ids.set(lease.id, lease);
    this.#byAddress.set(lease.address, lease);
    if (lease.mac !== null) this.#byMac.set(lease.mac, lease);
  }

  #remove(lease: Lease | undefined): void {
    if (lease === undefined) return;
    this.#freed += 1;
    this.#drop(lease);
  }

  #drop(lease: Lease): void {
    this.#byId.get(lease.network)?.delete(lease.id);
    this.#byAddress.delete(lease.address);
    if (lease.mac !== null && this.#byMac.get(lease.mac)?.address === lease.address) this.#byMac.delete(lease.mac);
  }
}
