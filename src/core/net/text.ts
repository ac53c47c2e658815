/**
 * The one codec between text and bytes. Written out because `core` is compiled without the machine's libraries, and
 * TextEncoder belongs to those.
 */

/** UTF-8 bytes of a text (RFC 3629). Lone surrogates become U+FFFD. */
export function utf8(text: string): Uint8Array {
  return ascii(text) ?? anyUtf8(text);
}

/** The bytes of a text that is plain ASCII, as nearly all are. */
function ascii(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x80) return undefined;
    bytes[at] = code;
  }
  return bytes;
}

function anyUtf8(text: string): Uint8Array {
  const out: number[] = [];
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    out.push(...encodePoint(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point));
  }
  return Uint8Array.from(out);
}

function encodePoint(point: number): number[] {
  if (point < 0x80) return [point];
  if (point < 0x800) return [0xc0 | (point >> 6), tail(point)];
  if (point < 0x1_0000) return [0xe0 | (point >> 12), tail(point >> 6), tail(point)];
  return [0xf0 | (point >> 18), tail(point >> 12), tail(point >> 6), tail(point)];
}

const tail = (bits: number): number => 0x80 | (bits & 0x3f);

/** Bytes as ASCII; everything that cannot be printed becomes `.`, so that hostile bytes never reach a log as they are. */
export function printable(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
}

/** Bytes as Latin-1 text up to the first NUL, as fixed fields of DHCP and TFTP hold them. */
export function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  let text = '';
  for (let at = 0; at < (end < 0 ? bytes.length : end); at += 1) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}

/** Lower-case hexadecimal digits, two a byte, with `between` between bytes. */
export function hex(bytes: Uint8Array, between = ''): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 1) text += (at === 0 ? '' : between) + PAIRS[bytes[at] ?? 0];
  return text;
}

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Undefined where the bytes are no UTF-8. The language itself has this one decoder that needs nothing of the machine. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decodeURIComponent(`%${hex(bytes, '%')}`.slice(bytes.length === 0 ? 1 : 0));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
