import koffi from 'koffi';
import { HEADER, IOVEC, NAME, SLOTS } from './messageVector.ts';
import { MSG_DONTWAIT, SO } from './sockets.ts';
import { libc, wouldWait } from './systemCalls.ts';

/** To whom, and what was learned of the way there. */
export interface Line {
  /** struct sockaddr_in, and the words of it that say something. */
  readonly address: Uint8Array;
  readonly words: Uint32Array;
  /** Whether the kernel may cut up a run for this way. */
  mayCut: boolean;
}

/** The way to the holder of a struct sockaddr_in. */
export function lineTo(address: Uint8Array, mayCut: boolean): Line {
  const own = Uint8Array.from(address);
  return { address: own, words: new Uint32Array(own.buffer, 0, NAME_WORDS), mayCut };
}

/**
 * struct cmsghdr (cmsg(3)) with 16 bits of data: `{ size_t len; int level; int type; uint16_t size }`, padded to 24 bytes.
 */
const CONTROL = { size: 24, length: 0, level: 8, type: 12, data: 16 } as const;
const CONTROL_LENGTH = 18;
/** Bytes of the memory for datagrams; more where one run is longer. */
const ROOM = 2 ** 20;
/** The most that the kernel cuts up at once: datagrams, and bytes of an IP packet. */
const MOST_SEGMENTS = 64;
const MOST_BYTES = 65_000;

/** Family, port and address. */
const NAME_WORDS = 2;
/** Bytes of a word, and how many values it has. What is stored in one is cut off to it, high bits and fraction. */
const WORD = 4;
const WORD_VALUES = 2 ** 32;
const wordsOf = ({ buffer, byteOffset, length }: Buffer): Uint32Array =>
  new Uint32Array(buffer, byteOffset, length / WORD);

/** Memory that datagrams are sent from: it stays where it is. */
export class Memory {
  readonly bytes: Buffer;
  /** As a pointer; below 2^53 on every machine. */
  readonly address: number;

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafeSlow(length);
    this.address = Number(koffi.address(this.bytes));
  }
}

/** What stands in a slot. */
interface Sent {
  line: Line | undefined;
  memory: Memory | undefined;
  at: number;
  length: number;
  size: number;
}

/** Collects datagrams and runs of datagrams, to many receivers, and sends them by one call (sendmmsg(2), udp(7): UDP_SEGMENT). */
export class RunOutbox {
  readonly #headers = Buffer.alloc(SLOTS * HEADER.size);
  readonly #names = Buffer.alloc(SLOTS * NAME.size);
  readonly #pieces = Buffer.alloc(SLOTS * IOVEC.size);
  readonly #nameWords = wordsOf(this.#names);
  readonly #headerWords = wordsOf(this.#headers);
  readonly #pieceWords = wordsOf(this.#pieces);
  readonly #controls = Buffer.alloc(SLOTS * CONTROL.size);
  readonly #slots: readonly Sent[] = Array.from({ length: SLOTS }, () => ({
    line: undefined,
    memory: undefined,
    at: 0,
    length: 0,
    size: 0,
  }));
  #own = new Memory(ROOM);
  /** Bytes and slots that are taken. */
  #used = 0;
  #count = 0;
  #fd = -1;

  constructor() {
    const [names, pieces, controls] = [this.#names, this.#pieces, this.#controls].map((part) => koffi.address(part));
    for (let slot = 0; slot < SLOTS; slot += 1) {
      const header = this.#headers.subarray(slot * HEADER.size);
      header.writeBigUInt64LE((names ?? 0n) + BigInt(slot * NAME.size), HEADER.name);
      header.writeUInt32LE(NAME.size, HEADER.nameLength);
      header.writeBigUInt64LE((pieces ?? 0n) + BigInt(slot * IOVEC.size), HEADER.iov);
      header.writeUInt32LE(1, HEADER.iovLength);
      header.writeBigUInt64LE((controls ?? 0n) + BigInt(slot * CONTROL.size), HEADER.control);
      const control = this.#controls.subarray(slot * CONTROL.size);
      control.writeUInt32LE(CONTROL_LENGTH, CONTROL.length);
      control.writeInt32LE(SO.udp, CONTROL.level);
      control.writeInt32LE(SO.segment, CONTROL.type);
    }
  }

  /** What datagrams are written into; another one once `place` was asked for more than there is. */
  get data(): Buffer {
    return this.#own.bytes;
  }

  /** Memory for what the next `add` sends. */
  room(length: number): Buffer {
    const at = this.place(length);
    return this.data.subarray(at, at + length);
  }

  /** Where in `data` there is memory for what the next `add` sends. */
  place(length: number): number {
    if (this.#used + length > this.data.length) {
      this.flush();
      if (length > this.data.length) this.#own = new Memory(length);
    }
    return this.#used;
  }

  /** Adds the first `length` bytes of the room, as datagrams of `size` bytes, the last one of what is left; sent with `flush`. */
  add(fd: number, line: Line, length: number, size: number): void {
    this.#add(fd, line, this.#own, this.#used, length, size);
    this.#used += length;
  }

  /** As `add`, the first `length` bytes of other memory, which must stay as it is until they are sent. */
  addFrom(memory: Memory, fd: number, line: Line, length: number, size: number): void {
    this.#add(fd, line, memory, 0, length, size);
  }

  #add(fd: number, line: Line, memory: Memory, from: number, length: number, size: number): void {
    // What waits for another socket goes before.
    if (fd !== this.#fd) this.#send();
    this.#fd = fd;
    const atOnce = (line.mayCut ? Math.max(1, Math.min(MOST_SEGMENTS, Math.floor(MOST_BYTES / size))) : 1) * size;
    let at = 0;
    // An empty datagram is one, too.
    do {
      if (this.#count === SLOTS) this.#send();
      this.#put(line, memory, from + at, Math.min(atOnce, length - at), size);
      at += atOnce;
    } while (at < length);
  }

  #put(line: Line, memory: Memory, at: number, length: number, size: number): void {
    const slot = this.#count++;
    const sent = this.#slots[slot];
    if (sent === undefined) return;
    sent.line = line;
    sent.memory = memory;
    sent.at = at;
    sent.length = length;
    sent.size = size;
    const name = (slot * NAME.size) / WORD;
    const piece = (slot * IOVEC.size) / WORD;
    const address = memory.address + at;
    // Whole words, and no arrays to take apart: this is done for every datagram.
    this.#nameWords[name] = line.words[0] ?? 0;
    this.#nameWords[name + 1] = line.words[1] ?? 0;
    this.#pieceWords[piece] = address;
    this.#pieceWords[piece + 1] = address / WORD_VALUES;
    this.#pieceWords[piece + IOVEC.length / WORD] = length;
    const isRun = length > size;
    this.#headerWords[(slot * HEADER.size + HEADER.controlLength) / WORD] = isRun ? CONTROL.size : 0;
    if (isRun) this.#controls.writeUInt16LE(size, slot * CONTROL.size + CONTROL.data);
  }

  /** Sends what was added. */
  flush(): void {
    this.#send();
    this.#used = 0;
  }

  #send(): void {
    const [count, headers] = [this.#count, this.#headers];
    this.#count = 0;
    for (let slot = 0; slot < count;) {
      const rest = slot === 0 ? headers : headers.subarray(slot * HEADER.size);
      const sent = libc().sendmmsg(this.#fd, rest, count - slot, MSG_DONTWAIT);
      // Less than all: the next call says what is wrong with the one that was refused.
      if (sent > 0) slot += sent;
      else this.#refused(this.#slots[slot++]);
    }
  }

  /**
   * A card that cannot add check sums refuses a run (EIO), a path that carries less than it seemed to, too (EINVAL). What finds
   * no room (EAGAIN) is lost, as on the network.
   */
  #refused(sent: Sent | undefined): void {
    if (sent?.line === undefined || sent.memory === undefined || sent.length <= sent.size || wouldWait()) return;
    const { line, memory, length, size } = sent;
    line.mayCut = false;
    for (let at = 0; at < length; at += size) {
      const piece = memory.bytes.subarray(sent.at + at, sent.at + Math.min(at + size, length));
      libc().sendto(this.#fd, piece, piece.length, MSG_DONTWAIT, line.address, line.address.length);
    }
  }
}
