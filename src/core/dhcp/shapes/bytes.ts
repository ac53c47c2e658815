import { DecodeError } from '../../net/bytes.ts';
import type { Shape } from './shape.ts';

/** Bytes that are compared or given back, never looked into. A copy: the packet they came in may be overwritten. */
export const bytes: Shape<Uint8Array> = { decode: (value) => value.slice(), encode: (value) => value };

/** As `bytes`, of one length only. */
export const exactly = (length: number): Shape<Uint8Array> => ({
  decode(value) {
    if (value.length !== length) throw new DecodeError(`${value.length} bytes instead of ${length}`);
    return value.slice();
  },
  encode: (value) => value,
});

/** A list of option codes. */
export const codes: Shape<readonly number[]> = {
  decode: (value) => Array.from(value),
  encode: (value) => Uint8Array.from(value),
};
