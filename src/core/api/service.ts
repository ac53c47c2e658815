import type { Membership } from '../cluster/pools.ts';
import type { Twins } from '../identity/twins.ts';
import type { Ipv4 } from '../net/ipv4.ts';
import type { Mac } from '../net/mac.ts';
import type { TimelineEntry } from './status.ts';

/**
 * What the boot server (`src/host0/main.ts`) and the cluster service (`src/host0/cluster.ts`) are to each other. Both
 * live in one process; each leans on these types only.
 */

/** Below it operators ask from other machines (`src/core/api/wish.ts`). */
export const OPERATOR = '/api/v1/operator';

/** A request below `/api/`. */
export interface ServiceRequest {
  readonly method: string;
  /** Decoded path without the query, such as `/api/v1/report`. */
  readonly path: string;
  /** The last value of each parameter of the query. (A map: `core` is compiled without URLSearchParams.) */
  readonly query: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** Address the request came from. */
  readonly from: Ipv4;
  readonly fromPort: number;
  /** Whether it came over TLS. */
  readonly secure: boolean;
  /** The field Authorization (RFC 9110 11.6.2); never logged. */
  readonly authorization?: string | undefined;
  /** The certificate by which hosts may know this server, PEM; undefined while HTTPS is not open. */
  readonly authority?: string | undefined;
}

export interface ServiceResponse {
  readonly status: number;
  /** Content-Type. */
  readonly type: string;
  readonly body: Uint8Array | string;
}

/** What `createClusterService(deps: ServiceDeps)` gives. */
export interface ClusterService {
  handle(request: ServiceRequest): Promise<ServiceResponse>;
  /** Called after every new entry of a timeline. */
  onEvent(mac: Mac, entry: TimelineEntry): void;
}

/** How far waking has come. `none`: not to be woken, or was heard without it. */
export type WakeState = 'none' | 'waking' | 'heard' | 'unheard';

/** A machine that boots from here: named in cluster.yaml, seen booting, or known from an earlier start. */
export interface KnownMachine {
  readonly mac: Mac;
  readonly name: string;
  /** Its address, once it was given one. */
  readonly address: Ipv4 | null;
  /** Whether cluster.yaml names it. */
  readonly listed: boolean;
  /** The pool that it is in, and the rule of cluster.yaml; absent for one in none. */
  readonly membership?: Membership | undefined;
  readonly wake: WakeState;
  /** Whether anything was heard of it since the server began. */
  readonly heard: boolean;
  /** A sentence where it does not wake or its boot stopped: the last good step and the likely cause. */
  readonly problem: string | null;
}

/** Timelines of the current boot of each machine, oldest entry first. */
export interface TimelineStore {
  add(mac: Mac, step: string, detail: string): void;
  of(mac: Mac): readonly TimelineEntry[];
  macs(): readonly Mac[];
}

/** What the cluster service may ask of the boot server, and tell it. */
export interface BootView {
  readonly timelines: TimelineStore;
  /** In order of name. Does not hold the machine that serves. */
  machines(): readonly KnownMachine[];
  /** The machine that holds `address`; undefined where none does. */
  machineAt(address: Ipv4): KnownMachine | undefined;
  /**
   * A report of the agent came in: keeps the machine's address, ends waking, and enters `report` (the first of a boot)
   * or `ready` (the first healthy one) in its timeline.
   */
  reported(mac: Mac, healthy: boolean, detail: string): void;
  /** Different machines that say that they have one UUID. */
  twins(): readonly Twins[];
  /** Address that this server serves from. */
  readonly address: Ipv4;
  /** The release that machines boot. */
  readonly release: string;
  /** Seconds since the server began. */
  uptime(): number;
}
