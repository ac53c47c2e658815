import { Unreadable } from '../../core/image/disk.ts';
import { below, type Chance } from '../chance.ts';
import type { RawDisk } from '../rawDisk.ts';

const SECTOR = 512;

/** A disk in memory that loses its power, or fails, as it is told. What was written since `settle` may get lost with the power, sector by sector. */
export class FakeDisk implements RawDisk {
  /** What is on the medium. */
  readonly medium: Uint8Array;
  readonly #chance: Chance;
  #open: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  #isOff = false;
  /** Writes and settlings that there have been. */
  steps = 0;
  /** At this step the power goes. */
  cutAt = Infinity;
  /** Bytes from here on are kept as something else: a stick that has less than it says. */
  trueSize = Infinity;

  constructor(medium: Uint8Array, chance: Chance) {
    this.medium = medium;
    this.#chance = chance;
  }

  get size(): number {
    return this.medium.length;
  }

  async read(at: number, length: number): Promise<Uint8Array> {
    if (this.#isOff) throw new Unreadable('the power is off');
    const bytes = this.medium.slice(at, at + length);
    for (const one of this.#open) lay(bytes, at, one.at, one.bytes);
    return bytes;
  }

  async write(at: number, bytes: Uint8Array): Promise<void> {
    this.#open.push({ at, bytes: bytes.slice() });
    this.#step();
  }

  async settle(): Promise<void> {
    this.#step();
    for (const { at, bytes } of this.#open) this.#keep(at, bytes);
    this.#open = [];
  }

  #step(): void {
    if (this.#isOff) throw new Error('the power is off');
    if (this.steps++ < this.cutAt) return;
    this.#isOff = true;
    for (const { at, bytes } of this.#open) {
      for (let from = 0; from < bytes.length; from += SECTOR) {
        if (below(this.#chance, 2) === 0) this.#keep(at + from, bytes.subarray(from, from + SECTOR));
      }
    }
    throw new Error('the power is gone');
  }

  #keep(at: number, bytes: Uint8Array): void {
    this.medium.set(bytes.subarray(0, Math.max(0, this.trueSize - at)), at);
  }
}

/** Lays those bytes of a write over bytes read that fall on them. */
function lay(read: Uint8Array, from: number, at: number, bytes: Uint8Array): void {
  const [start, end] = [Math.max(from, at), Math.min(from + read.length, at + bytes.length)];
  if (start < end) read.set(bytes.subarray(start - at, end - at), start - from);
}
