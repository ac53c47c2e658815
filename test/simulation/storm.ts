import type { LeaseRecord } from '../../src/core/dhcp/lease-book.ts';
import { decodePacket, encodePacket, MESSAGE, type DhcpPacket } from '../../src/core/dhcp/packet.ts';
import { ANY_IPV4, parseSubnet } from '../../src/core/net/ipv4.ts';
import type { Mac } from '../../src/core/net/mac.ts';
import { serveDhcp } from '../../src/host0/dhcp.ts';
import type { Leases } from '../../src/host0/leases.ts';
import { seededChance, type Chance } from '../../src/shell/chance.ts';
import type { Clock } from '../../src/shell/clock.ts';
import { FakeLog } from '../../src/shell/fake/log.ts';
import { message } from '../fixtures/dhcp.ts';
import { SERVER, unlistedHouse } from '../fixtures/house.ts';

/** More DHCP than a server can answer: its socket's queue, what it works off a millisecond, and clients that ask again. */

export interface Storm {
  readonly seed: number;
  /** Machines that ask for the first time within the first second. */
  readonly machines: number;
  /** Packets that the server works off in a millisecond. One that the limiter drops costs a tenth of one that is answered. */
  readonly pace: number;
  /** Milliseconds until the n-th repetition, from 0. */
  readonly wait: (repetition: number, chance: Chance) => number;
  /** Packets a millisecond of one more machine, which floods. */
  readonly flood?: number;
  /** Whether what is repeated further behind in the queue is dropped unread. */
  readonly dropsRepeated?: boolean;
}

export interface Outcome {
  /** When each machine had its address, milliseconds, sorted. */
  readonly bound: readonly number[];
  /** Replies that nobody waited for, and all. */
  readonly wasted: number;
  readonly replies: number;
  /** Packets for which the queue had no room. */
  readonly lost: number;
  /** The longest that a packet waited in the queue. */
  readonly oldest: number;
  readonly log: FakeLog;
}

/** RFC 2131 4.1: 4 s, doubled up to 64 s, each up to a second less or more. EDK2 begins likewise. */
export const rfc2131: Storm['wait'] = (repetition, chance) =>
  Math.min(4 * 2 ** repetition, 64) * 1000 + (chance.next() * 2 - 1) * 1000;
/** iPXE (config/dhcp.h): 1 s, doubled up to 10 s. */
export const ipxe: Storm['wait'] = (repetition) => Math.min(2 ** repetition, 10) * 1000;

/** Datagrams for which there is room in front of the server (shell/udp-interface.ts). */
const ROOM = 2000;
const LONGEST = 120_000;
const DROPPED = 0.1;

interface Asker {
  readonly mac: Mac;
  packet: DhcpPacket;
  bytes: Uint8Array;
  /** When it says the same again. */
  again: number;
  repetition: number;
}

const macOf = (n: number): Mac =>
  `52:54:00:01:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}` as Mac;

class StormWorld {
  #now = 0;
  readonly #storm: Storm;
  readonly #chance: Chance;
  readonly #log = new FakeLog();
  readonly #queue: { readonly bytes: Uint8Array; readonly at: number }[] = [];
  readonly #asking = new Map<number, Asker>();
  readonly #bound: number[] = [];
  #hear: (bytes: Uint8Array) => void = () => undefined;
  #replies: Uint8Array[] = [];
  #counts = { wasted: 0, replies: 0, lost: 0, oldest: 0 };

  constructor(storm: Storm) {
    this.#storm = storm;
    this.#chance = seededChance(storm.seed);
    for (let n = 0; n < storm.machines; n += 1) {
      const mac = macOf(n);
      const packet = message(mac, {}, { xid: n + 1 });
      const { bytes } = encodePacket(packet);
      this.#asking.set(packet.xid, { mac, packet, bytes, again: this.#chance.next() * 1000, repetition: -1 });
    }
    this.#serve();
  }

  #serve(): void {
    const subnet = parseSubnet('10.1.0.0/16')!;
    const own = new Set([SERVER]);
    const house = unlistedHouse({ rules: { pool: { subnet, excluded: own }, own } });
    const networks = [{ name: 'main', subnet, here: true, relays: false, house }] as const;
    const record = (records: readonly LeaseRecord[]): void => records.forEach((one) => house.book.apply(one));
    const leases: Leases = { book: house.book, record, keep: () => undefined, flush: async () => undefined };
    const clock: Clock = { now: () => this.#now, sleep: () => new Promise(() => undefined) };
    const port = {
      port: 67,
      send: (bytes: Uint8Array) => void this.#replies.push(bytes.slice()),
      receive: (handler: (bytes: Uint8Array, from: { address: typeof ANY_IPV4; port: number }) => void) => {
        this.#hear = (bytes) => handler(bytes, { address: ANY_IPV4, port: 68 });
      },
      close: () => undefined,
    };
    const deps = { networks: () => networks, leases, clock, log: this.#log, address: SERVER, link: undefined };
    serveDhcp(port, { ...deps, booting: () => undefined }, new AbortController().signal);
  }

  run(): Outcome {
    const flood = encodePacket(message('52:54:00:ff:ff:ff' as Mac, {}, { xid: 0 })).bytes;
    let power = 0;
    for (; this.#now < LONGEST && this.#asking.size > 0; this.#now += 1) {
      for (let n = 0; n < (this.#storm.flood ?? 0); n += 1) this.#arrive(flood);
      for (const asker of this.#asking.values()) if (asker.again <= this.#now) this.#ask(asker);
      for (power = Math.min(power, 0) + this.#storm.pace; power > 0 && this.#queue.length > 0;) power -= this.#work();
    }
    return { bound: this.#bound, ...this.#counts, log: this.#log };
  }

  #ask(asker: Asker): void {
    asker.repetition += 1;
    asker.again = this.#now + this.#storm.wait(asker.repetition, this.#chance);
    this.#arrive(asker.bytes);
  }

  #arrive(bytes: Uint8Array): void {
    if (this.#queue.length < ROOM) this.#queue.push({ bytes, at: this.#now });
    else this.#counts.lost += 1;
  }

  /** What the next packet cost. */
  #work(): number {
    const { bytes, at } = this.#queue.shift()!;
    if (this.#storm.dropsRepeated === true && this.#queue.some((one) => one.bytes === bytes)) return DROPPED;
    this.#counts.oldest = Math.max(this.#counts.oldest, this.#now - at);
    this.#hear(bytes);
    if (this.#replies.length === 0) return DROPPED;
    for (const reply of this.#replies.splice(0)) this.#answer(decodePacket(reply).packet);
    return 1;
  }

  #answer(reply: DhcpPacket): void {
    const asker = this.#asking.get(reply.xid);
    this.#counts.replies += 1;
    const wanted = asker?.packet.options.messageType === MESSAGE.request ? MESSAGE.ack : MESSAGE.offer;
    if (asker === undefined || reply.options.messageType !== wanted) return void (this.#counts.wasted += 1);
    if (wanted === MESSAGE.ack) {
      this.#asking.delete(reply.xid);
      this.#bound.push(this.#now);
      return;
    }
    const chosen = { messageType: MESSAGE.request, requestedAddress: reply.yiaddr, serverId: SERVER };
    asker.packet = message(asker.mac, chosen, { xid: reply.xid });
    asker.bytes = encodePacket(asker.packet).bytes;
    asker.repetition = -1;
    this.#ask(asker);
  }
}

export const weather = (storm: Storm): Outcome => new StormWorld(storm).run();
