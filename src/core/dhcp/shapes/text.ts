import { DecodeError } from '../../net/bytes.ts';
import { cString, utf8 } from '../../net/text.ts';
import type { Shape } from './shape.ts';

/** Trailing NULs are no part of the text, though some clients send them (RFC 2132 2). */
function decode(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  const text = bytes.subarray(0, end);
  if (text.includes(0)) throw new DecodeError('a text has a NUL inside');
  return cString(text);
}

export const text: Shape<string> = { decode, encode: utf8 };

/** A text that goes out with a NUL behind it: EDK2 writes one there itself, over the code of the next option. */
export const terminatedText: Shape<string> = { decode, encode: (value) => utf8(`${value}\0`) };
