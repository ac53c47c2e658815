/** The one reader and writer of binary values. Network byte order throughout (RFC 1700). */

/** Raised by readers for input that is too short, too long or senseless; the message says where. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Reads forward through bytes; throws DecodeError rather than reading past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get position(): number {
    return this.#at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    if (this.#at >= this.#bytes.length) this.#short(1);
    return this.#bytes[this.#at++] ?? 0;
  }

  u16(): number {
    return this.u8() * 0x100 + this.u8();
  }

  u32(): number {
    return this.u16() * 0x1_0000 + this.u16();
  }

  /** The next `length` bytes, as a view on the input. */
  take(length: number): Uint8Array {
    if (length < 0 || length > this.left) this.#short(length);
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }

  /** Left-over bytes are a mistake of the sender as much as missing ones. */
  end(): void {
    if (this.left > 0) throw new DecodeError(`${this.left} bytes left over at offset ${this.#at}`);
  }

  #short(length: number): never {
    throw new DecodeError(`needs ${length} bytes at offset ${this.#at}, but only ${this.left} are left`);
  }
}

/**
 * Memory for small writers, cut from one piece: an engine keeps an array of more than a few bytes apart from its own memory,
 * and making one takes longer than writing a packet into it. No part is given out twice.
 */
class Slab {
  static readonly #size = 64 * 1024;
  /** A larger array costs more than its making. */
  static readonly #most = 1024;
  #left = new Uint8Array(0);

  /** `length` bytes, all zero. */
  take(length: number): Uint8Array {
    if (length > Slab.#most) return new Uint8Array(length);
    if (length > this.#left.length) this.#left = new Uint8Array(Slab.#size);
    const part = this.#left.subarray(0, length);
    this.#left = this.#left.subarray(length);
    return part;
  }
}

const slab = new Slab();

/** Appends values; `bytes()` gives what was written, and is called once, at the end. */
export class ByteWriter {
  #buffer: Uint8Array;
  #length = 0;

  /** `expected`: bytes that will hardly be exceeded. */
  constructor(expected = 64) {
    this.#buffer = slab.take(expected);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    this.#room(1);
    this.#buffer[this.#length++] = value & 0xff;
    return this;
  }

  u16(value: number): this {
    return this.u8(value >>> 8).u8(value);
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value);
  }

  put(bytes: Uint8Array): this {
    this.#room(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** Writes zeroes until `length` bytes stand here in all. */
  padTo(length: number): this {
    if (length <= this.#length) return this;
    this.#room(length - this.#length);
    // What was never written is zero.
    this.#length = length;
    return this;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + more));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}
