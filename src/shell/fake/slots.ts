import type { Chance } from '../chance.ts';
import { below } from '../chance.ts';
import type { Slots } from '../slots.ts';

const SECTOR = 512;

/** What has become of one sector that was being written when the power went. */
export type Fate = 'old' | 'new' | 'torn';

/** Thrown where the power goes. */
export class PowerCut extends Error {}

/** Slots in memory, side by side as on a stick, which lose their power as they are told. */
export class FakeSlots implements Slots {
  readonly names: readonly string[];
  readonly disk: Uint8Array;
  readonly #slot: number;
  /** Slots that fail: in reading, in writing, or by keeping other bytes than they were given. */
  readonly broken = new Map<string, 'read' | 'write' | 'bits'>();
  /** Decides at the next write what becomes of each of its sectors; then the power is off until `powerOn`. */
  cut: ((sectors: number) => readonly Fate[]) | undefined;
  #isOff = false;
  /** Sectors on both sides of a write that is cut off that are damaged with it. */
  reach = 0;
  writes = 0;

  constructor(names: readonly string[], slotBytes: number) {
    this.names = names;
    this.#slot = slotBytes;
    this.disk = new Uint8Array(names.length * slotBytes);
  }

  powerOn(): void {
    this.cut = undefined;
    this.#isOff = false;
  }

  async read(name: string): Promise<Uint8Array> {
    if (this.#isOff) throw new PowerCut('the power is off');
    if (this.broken.get(name) === 'read') throw new Error(`${name}: input/output error`);
    const at = this.#at(name);
    return this.disk.slice(at, at + this.#slot);
  }

  async write(name: string, at: number, bytes: Uint8Array): Promise<void> {
    if (this.#isOff) throw new PowerCut('the power is off');
    this.writes += 1;
    if (this.broken.get(name) === 'write') throw new Error(`${name}: input/output error`);
    const place = this.#at(name) + at;
    if (this.cut !== undefined) this.#tear(place, bytes, this.cut(Math.ceil(bytes.length / SECTOR)));
    this.disk.set(bytes, place);
    if (this.broken.get(name) === 'bits') this.disk[place + 40] = (this.disk[place + 40] ?? 0) ^ 1;
  }

  #at(name: string): number {
    const index = this.names.indexOf(name);
    if (index < 0) throw new Error(`${name}: no such file`);
    return index * this.#slot;
  }

  #tear(place: number, bytes: Uint8Array, fates: readonly Fate[]): never {
    this.#isOff = true;
    fates.forEach((fate, index) => {
      const part = bytes.subarray(index * SECTOR, (index + 1) * SECTOR);
      if (fate === 'new') this.disk.set(part, place + index * SECTOR);
      if (fate === 'torn') this.#damage(place + index * SECTOR, 1);
    });
    this.#damage(place - this.reach * SECTOR, this.reach);
    this.#damage(place + bytes.length, this.reach);
    throw new PowerCut('the power is gone');
  }

  #damage(place: number, sectors: number): void {
    for (let at = Math.max(0, place); at < place + sectors * SECTOR && at < this.disk.length; at += 1) {
      this.disk[at] = (this.disk[at] ?? 0) ^ 0xa5;
    }
  }
}

/** Fates drawn by chance. */
export const anyFate =
  (chance: Chance) =>
  (sectors: number): Fate[] =>
    Array.from({ length: sectors }, () => (['old', 'new', 'torn'] as const)[below(chance, 3)] ?? 'old');
