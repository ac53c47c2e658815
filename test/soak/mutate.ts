import { below, type Chance } from '../../src/shell/chance.ts';

/** Changes to good input, as a broken wire, a broken client and somebody hostile make them. All from one chance. */

/** Bytes that lengths, counts and codes are most often wrong with. */
const TELLING = [0, 1, 2, 4, 52, 63, 64, 82, 127, 128, 192, 254, 255];

type Change = (chance: Chance, bytes: Uint8Array, seeds: readonly Uint8Array[]) => Uint8Array;

const anywhere = (chance: Chance, bytes: Uint8Array): number => below(chance, bytes.length + 1);
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

function changed(chance: Chance, bytes: Uint8Array, to: (byte: number) => number): Uint8Array {
  const out = bytes.slice();
  const at = below(chance, out.length);
  out[at] = to(out[at] ?? 0) & 0xff;
  return out;
}

const CHANGES: readonly Change[] = [
  // A bit that flips.
  (chance, bytes) => changed(chance, bytes, (byte) => byte ^ (1 << below(chance, 8))),
  // A length or count that lies a little, and one that lies a lot.
  (chance, bytes) => changed(chance, bytes, (byte) => byte + below(chance, 9) - 4),
  (chance, bytes) => changed(chance, bytes, () => TELLING[below(chance, TELLING.length)] ?? 0),
  // The end that is missing.
  (chance, bytes) => bytes.slice(0, anywhere(chance, bytes)),
  // A piece that comes twice, or many times.
  (chance, bytes) => {
    const [from, to] = [anywhere(chance, bytes), anywhere(chance, bytes)].toSorted((one, other) => one - other);
    const piece = bytes.subarray(from, to);
    const times = chance.next() < 0.1 ? 1 + below(chance, 40) : 1;
    return joined(bytes.subarray(0, to), ...Array.from({ length: times }, () => piece), bytes.subarray(to));
  },
  // The front of one and the back of another.
  (chance, bytes, seeds) => {
    const other = seeds[below(chance, seeds.length)] ?? bytes;
    return joined(bytes.subarray(0, anywhere(chance, bytes)), other.subarray(anywhere(chance, other)));
  },
  // Noise put between.
  (chance, bytes) => {
    const at = anywhere(chance, bytes);
    const noise = Uint8Array.from({ length: 1 + below(chance, 12) }, () => below(chance, 256));
    return joined(bytes.subarray(0, at), noise, bytes.subarray(at));
  },
  // A piece that is gone.
  (chance, bytes) => {
    const at = anywhere(chance, bytes);
    return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + below(chance, 8)));
  },
];

/** More than any datagram has. */
const LONGEST = 65_507;

/** One of the seeds with up to six changes, one after the other. */
export function mutated(chance: Chance, seeds: readonly Uint8Array[]): Uint8Array {
  let bytes = seeds[below(chance, seeds.length)] ?? new Uint8Array();
  for (let left = 1 + below(chance, 6); left > 0; left -= 1) {
    const change = CHANGES[below(chance, CHANGES.length)];
    if (change !== undefined && bytes.length > 0) bytes = change(chance, bytes, seeds).slice(0, LONGEST);
  }
  return bytes;
}
