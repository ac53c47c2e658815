import { ipv4Number, ipv4OfNumber, subnetSize, type AddressRange, type Ipv4, type Subnet } from '../net/ipv4.ts';

/** The addresses that a server may give in one subnet. */
export interface Pool {
  readonly subnet: Subnet;
  /** Only these; all of the subnet where absent or empty. They do not overlap. */
  readonly ranges?: readonly AddressRange[] | undefined;
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

/** A pool as numbers: its stretches one behind the other. */
interface Layout {
  readonly stretches: readonly { readonly first: number; readonly count: number }[];
  readonly places: number;
}

/** Reckoned once a pool: it is asked several times for every packet. */
const layouts = new WeakMap<Pool, Layout>();

function layoutOf(pool: Pool): Layout {
  const known = layouts.get(pool);
  if (known !== undefined) return known;
  const network = ipv4Number(pool.subnet.network);
  // Neither the subnet's own address nor its broadcast address.
  const [least, most] = [network + 1, network + subnetSize(pool.subnet) - 2];
  const whole = [{ from: ipv4OfNumber(least), to: ipv4OfNumber(most) }];
  const stretches = (pool.ranges?.length ? pool.ranges : whole).map(({ from, to }) => {
    const first = Math.max(least, ipv4Number(from));
    return { first, count: Math.max(0, Math.min(most, ipv4Number(to)) - first + 1) };
  });
  const layout = { stretches, places: stretches.reduce((sum, { count }) => sum + count, 0) };
  layouts.set(pool, layout);
  return layout;
}

/** Whether the pool may give the address at all. */
export function inPool(pool: Pool, address: Ipv4): boolean {
  const number = ipv4Number(address);
  const { stretches } = layoutOf(pool);
  return stretches.some(({ first, count }) => number >= first && number < first + count) && !pool.excluded.has(address);
}

function addressAt({ stretches }: Layout, place: number): Ipv4 {
  let left = place;
  for (const { first, count } of stretches) {
    if (left < count) return ipv4OfNumber(first + left);
    left -= count;
  }
  throw new RangeError(`a pool has no place ${place}`);
}

/** Places tried by hash before the search goes on in order. */
const JUMPS = 16;

/**
 * The address of a machine: on every server of the cluster the same, since it depends on nothing but the machine and the
 * pool, unless another machine came first there. Then by a second hash and so on: going on to the neighbour would push that
 * one's owner away too.
 */
export function addressFor(id: MachineId, pool: Pool, isFree: (address: Ipv4) => boolean): Ipv4 | undefined {
  const layout = layoutOf(pool);
  for (let jump = 0; jump < JUMPS && layout.places > 0; jump += 1) {
    const address = addressAt(layout, hash32(`${id} ${jump}`) % layout.places);
    if (!pool.excluded.has(address) && isFree(address)) return address;
  }
  return undefined;
}

/** Any free address of a pool, looked for in order from where the machine's own place is; undefined if there is none. */
export function anyAddress(id: MachineId, pool: Pool, isFree: (address: Ipv4) => boolean): Ipv4 | undefined {
  const layout = layoutOf(pool);
  const begin = layout.places > 0 ? hash32(`${id} 0`) % layout.places : 0;
  for (let step = 0; step < layout.places; step += 1) {
    const address = addressAt(layout, (begin + step) % layout.places);
    if (!pool.excluded.has(address) && isFree(address)) return address;
  }
  return undefined;
}
