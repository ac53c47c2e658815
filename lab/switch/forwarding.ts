import { destination, isDhcp, isGroup, source } from './frame.ts';

/** Ports as bits of a number, so that a set of them is compared and kept for nothing. */
export type PortSet = number;
/** One bit is the sign. */
export const MOST_PORTS = 31;
export const portBit = (port: number): PortSet => 1 << port;

/** What a port is a member of. Ports reach each other when all of it agrees. */
export interface Membership {
  /** Access VLAN: frames travel untagged, and only among ports of one VLAN. */
  readonly vid: number;
  /** Side of a partition. */
  readonly side: number;
  /** Whether the cable is in. */
  readonly plugged: boolean;
  /** Whether DHCP may pass; the operator's network has a server of its own that the rack must not meet. */
  readonly dhcp: boolean;
}

export const MEMBER: Membership = { vid: 1, side: 0, plugged: true, dhcp: true };

/** Learns which address is behind which port (IEEE 802.1D 7.8) and says where a frame goes. Knows nothing of sockets. */
export class Forwarding {
  readonly #members: Membership[] = [];
  readonly #reach: PortSet[] = [];
  #dhcp: PortSet = 0;
  /** Per VLAN: an address may be known in several. */
  readonly #learned = new Map<number, Map<number, number>>();

  addPort(member: Membership): number {
    if (this.#members.length >= MOST_PORTS) throw new RangeError(`a switch has at most ${MOST_PORTS} ports`);
    this.#members.push(member);
    this.#recompute();
    return this.#members.length - 1;
  }

  /** A changed port forgets all addresses, as a topology change does (802.1D 17.11). */
  change(port: number, member: Membership): void {
    this.#members[port] = member;
    this.#recompute();
  }

  /** The link went down: what was learned there is forgotten, and frames for it are flooded again. */
  forget(port: number): void {
    for (const table of this.#learned.values()) {
      for (const [mac, at] of table) if (at === port) table.delete(mac);
    }
  }

  /** The ports that get the frame which came in at `from`; learns its source on the way. */
  targets(from: number, bytes: Uint8Array, at: number): PortSet {
    const member = this.#members[from];
    if (member === undefined || !member.plugged) return 0;
    const table = this.#table(member.vid);
    if (!isGroup(bytes, at + 6)) table.set(source(bytes, at), from);
    const known = isGroup(bytes, at) ? undefined : table.get(destination(bytes, at));
    const reach = (this.#reach[from] ?? 0) & (known === undefined ? ~0 : portBit(known));
    return isDhcp(bytes, at) ? reach & (member.dhcp ? this.#dhcp : 0) : reach;
  }

  #table(vid: number): Map<number, number> {
    const table = this.#learned.get(vid) ?? new Map<number, number>();
    if (!this.#learned.has(vid)) this.#learned.set(vid, table);
    return table;
  }

  #recompute(): void {
    this.#learned.clear();
    this.#dhcp = setOf(this.#members, (member) => member.dhcp);
    this.#members.forEach((a, port) => {
      this.#reach[port] = setOf(this.#members, (b, other) => other !== port && reaches(a, b));
    });
  }
}

const reaches = (a: Membership, b: Membership): boolean =>
  a.plugged && b.plugged && a.side === b.side && a.vid === b.vid;

const setOf = (members: readonly Membership[], keep: (member: Membership, port: number) => boolean): PortSet =>
  members.reduce((set, member, port) => (keep(member, port) ? set | portBit(port) : set), 0);
