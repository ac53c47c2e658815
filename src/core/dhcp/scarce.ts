import type { Ipv4 } from '../net/ipv4.ts';
import type { Lease, LeaseBook } from './lease-book.ts';
import { anyAddress, inPool, type MachineId, type Pool } from './pool.ts';

/**
 * What is known of a pool in which hardly an address is free, so that the thousandth client of a full pool costs no more
 * than the first.
 */
interface Scarcity {
  /** `book.freed` when nothing was found. */
  freed: number;
  /** Until when that is believed. */
  until: number;
  /** Leases that had run out then, the longest gone last. */
  gone: Lease[];
}

/** Milliseconds: leases run out by time alone, and so does the rest of a bad address. */
const BELIEVED = 1000;

const scarcities = new WeakMap<LeaseBook, WeakMap<Pool, Scarcity>>();

/** A free address in order, else that of whoever has been gone longest (RFC 2131 4.3.1). */
export function scarceAddress(
  book: LeaseBook,
  pool: Pool,
  id: MachineId,
  now: number,
  isFree: (address: Ipv4) => boolean,
): Ipv4 | undefined {
  const known = scarcityOf(book, pool);
  if (known.freed !== book.freed || known.until <= now) {
    const address = anyAddress(id, pool, isFree);
    if (address !== undefined) return address;
    Object.assign(known, { freed: book.freed, until: now + BELIEVED, gone: goneFrom(book, pool, now) });
  }
  return nextGone(known.gone, book, now);
}

function scarcityOf(book: LeaseBook, pool: Pool): Scarcity {
  const pools = scarcities.get(book) ?? new WeakMap<Pool, Scarcity>();
  const known = pools.get(pool) ?? { freed: -1, until: -Infinity, gone: [] };
  scarcities.set(book, pools.set(pool, known));
  return known;
}

const goneFrom = (book: LeaseBook, pool: Pool, now: number): Lease[] =>
  [...book.all()]
    .filter((lease) => lease.until <= now && inPool(pool, lease.address))
    .sort((one, other) => other.until - one.until);

/** The longest gone that has not come back since. It stays in the list until its lease in the book is another one. */
function nextGone(gone: Lease[], book: LeaseBook, now: number): Ipv4 | undefined {
  for (let lease = gone.at(-1); lease !== undefined; lease = gone.at(-1)) {
    if (book.at(lease.address) === lease && !book.isBad(lease.address, now)) return lease.address;
    gone.pop();
  }
  return undefined;
}
