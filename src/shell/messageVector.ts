import koffi from 'koffi';
import { ipv4Number, ipv4OfNumber, type Ipv4 } from '../core/net/ipv4.ts';
import { AF_INET, encodeAddress } from './sockets.ts';
import type { Endpoint } from './udp.ts';

/** Datagrams in one call to the system. */
export const SLOTS = 64;
/** Bytes of the longest datagram that finds room: nothing that is spoken here is longer. */
export const SLOT = 8192;

/**
 * struct mmsghdr (recvmmsg(2), <bits/socket.h>) where pointers and size_t have 8 bytes, as on x86-64 and ARM64:
 * `{ { void *name; socklen_t namelen; struct iovec *iov; size_t iovlen; void *control; size_t controllen; int flags }; unsigned len }`
 */
export const HEADER = {
  size: 64,
  name: 0,
  nameLength: 8,
  iov: 16,
  iovLength: 24,
  control: 32,
  controlLength: 40,
  flags: 48,
  length: 56,
} as const;
/** struct iovec: `{ void *base; size_t len }`. */
export const IOVEC = { size: 16, base: 0, length: 8 } as const;
/** struct sockaddr_in (ip(7)): the family in the machine's order, port and address in the network's; 8 bytes unused. */
export const NAME = { size: 16, family: 0, port: 2, address: 4 } as const;
/** A datagram was longer than its slot. */
const MSG_TRUNC = 0x20;

/** Words of 4 bytes, in the machine's order, in a struct sockaddr_in: family and port, address, nothing. */
const WORDS = NAME.size / 4;
const keyOf = (familyAndPort: number, address: number): number => address * 0x1_0000 + (familyAndPort >>> 16);

/** Address and port as one number. */
export function endpointKey(endpoint: Endpoint): number {
  const words = new Uint32Array(Uint8Array.from(encodeAddress(endpoint)).buffer);
  return keyOf(words[0] ?? 0, words[1] ?? 0);
}

/** What recvmmsg(2) fills and sendmmsg(2) sends: datagrams with their addresses, in memory that stays where it is. */
export class MessageVector {
  /** The array of struct mmsghdr. */
  readonly headers = Buffer.alloc(SLOTS * HEADER.size);
  readonly #names = Buffer.alloc(SLOTS * NAME.size);
  readonly #words = new Uint32Array(this.#names.buffer, this.#names.byteOffset, SLOTS * WORDS);
  readonly #pieces = Buffer.alloc(SLOTS * IOVEC.size);
  readonly #data = Buffer.alloc(SLOTS * SLOT);
  /** What was last given of each slot. */
  readonly #views: Uint8Array[] = [];
  /** Who is asked for often is the same again, as a relay agent is. */
  #known: Endpoint = { address: '0.0.0.0' as Ipv4, port: 0 };
  #knownNumber = 0;

  constructor() {
    const [names, pieces, data] = [this.#names, this.#pieces, this.#data].map((part) => koffi.address(part));
    for (let slot = 0; slot < SLOTS; slot += 1) {
      const header = this.headers.subarray(slot * HEADER.size);
      header.writeBigUInt64LE((names ?? 0n) + BigInt(slot * NAME.size), HEADER.name);
      header.writeUInt32LE(NAME.size, HEADER.nameLength);
      header.writeBigUInt64LE((pieces ?? 0n) + BigInt(slot * IOVEC.size), HEADER.iov);
      header.writeUInt32LE(1, HEADER.iovLength);
      const piece = this.#pieces.subarray(slot * IOVEC.size);
      piece.writeBigUInt64LE((data ?? 0n) + BigInt(slot * SLOT), IOVEC.base);
      piece.writeUInt32LE(SLOT, IOVEC.length);
      this.#names.writeUInt16LE(AF_INET, slot * NAME.size + NAME.family);
    }
  }

  /** What was received; undefined where it was cut off. There until the slot is filled again. */
  bytes(slot: number): Uint8Array | undefined {
    const header = slot * HEADER.size;
    if ((this.headers.readUInt32LE(header + HEADER.flags) & MSG_TRUNC) !== 0) return undefined;
    const [begin, length] = [slot * SLOT, this.headers.readUInt32LE(header + HEADER.length)];
    const before = this.#views[slot];
    // Most are as long as the one before: ACKs.
    if (before?.length === length) return before;
    return (this.#views[slot] = this.#data.subarray(begin, begin + length));
  }

  /** Who sent it, as `endpointKey` puts it. */
  key(slot: number): number {
    return keyOf(this.#words[slot * WORDS] ?? 0, this.#words[slot * WORDS + 1] ?? 0);
  }

  /** Who sent it. */
  from(slot: number): Endpoint {
    const at = slot * NAME.size;
    const [port, address] = [this.#names.readUInt16BE(at + NAME.port), this.#names.readUInt32BE(at + NAME.address)];
    if (address !== this.#knownNumber || port !== this.#known.port) {
      this.#knownNumber = address;
      this.#known = { address: ipv4OfNumber(address), port };
    }
    return this.#known;
  }

  /** Puts a datagram of at most SLOT bytes into a slot. */
  put(slot: number, bytes: Uint8Array, to: Endpoint): void {
    const at = slot * NAME.size;
    this.#names.writeUInt16BE(to.port, at + NAME.port);
    this.#names.writeUInt32BE(ipv4Number(to.address), at + NAME.address);
    this.#pieces.writeUInt32LE(bytes.length, slot * IOVEC.size + IOVEC.length);
    this.#data.set(bytes, slot * SLOT);
  }

  /** What was put into a slot. */
  sent(slot: number): Uint8Array {
    const begin = slot * SLOT;
    return this.#data.subarray(begin, begin + this.#pieces.readUInt32LE(slot * IOVEC.size + IOVEC.length));
  }

  /** The headers from a slot on. */
  headersFrom(slot: number): Buffer {
    return this.headers.subarray(slot * HEADER.size);
  }
}
