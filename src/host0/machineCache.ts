import type { Client } from '../core/boot/client.ts';
import { machineOf, type Machine, type Marks } from '../core/boot/machine.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import type { Mac } from '../core/net/mac.ts';
import type { Leases } from './leases.ts';

interface CacheDeps {
  readonly cluster: () => Cluster;
  readonly leases: Leases;
  /** Whether several machines say that they have this UUID. */
  readonly isShared: (uuid: string) => boolean;
}

/** Names are reckoned from hashes, and asked for with every packet. */
export class MachineCache {
  readonly #deps: CacheDeps;
  readonly #known = new Map<string, Machine>();
  readonly #told = new Map<Mac, Partial<Marks>>();
  #cluster: Cluster | undefined;
  /** One message asks several times about its sender. */
  #last: { readonly client: Client; readonly machine: Machine | undefined } | undefined;

  constructor(deps: CacheDeps) {
    this.#deps = deps;
  }

  told(mac: Mac, marks: Partial<Marks>): void {
    if (marks.hardware !== undefined) this.#known.clear();
    if (this.#told.size >= MOST_TOLD) this.#told.clear();
    this.#told.set(mac, { ...this.#told.get(mac), ...marks });
  }

  /** The UUID that a machine has told; undefined while it has not. */
  uuidOf(mac: Mac): string | undefined {
    return this.#deps.leases.book.ofMac(mac)?.uuid ?? this.#told.get(mac)?.uuid;
  }

  /** The machine that sent a message; undefined where it has no MAC. */
  of(client: Client): Machine | undefined {
    if (this.#last?.client === client && this.#cluster === this.#deps.cluster()) return this.#last.machine;
    const { mac, uuid } = client;
    const machine = mac === null ? undefined : this.machine(mac, uuid ?? undefined);
    this.#last = { client, machine };
    return machine;
  }

  /** `said`: the UUID that the machine sends just now; else what it said before. */
  machine(mac: Mac, said?: string): Machine {
    const cluster = this.#deps.cluster();
    if (this.#cluster !== cluster || this.#known.size >= MOST_TOLD) this.#known.clear();
    this.#cluster = cluster;
    const told = this.#told.get(mac);
    const claimed = said ?? this.uuidOf(mac);
    // As if its board had none: then the MAC decides.
    const uuid = claimed !== undefined && this.#deps.isShared(claimed) ? '' : claimed;
    const serial = told?.serial;
    const key = `${mac} ${uuid ?? '-'} ${serial ?? '-'}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const machine = machineOf(cluster, mac, { uuid, serial, hardware: told?.hardware });
    this.#known.set(key, machine);
    return machine;
  }
}

/** Anybody may ask for the script of any machine; their telling must not fill the memory. */
const MOST_TOLD = 10_000;
