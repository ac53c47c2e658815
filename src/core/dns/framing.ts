/** Messages on a TCP connection, each behind its length in two bytes (RFC 1035 4.2.2, RFC 7766 8). */

/** The whole messages at the beginning, and what is left of one that has not come yet. */
export function framesOf(bytes: Uint8Array): { readonly messages: readonly Uint8Array[]; readonly rest: Uint8Array } {
  const messages: Uint8Array[] = [];
  let at = 0;
  while (bytes.length - at >= 2) {
    const length = (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    if (bytes.length - at - 2 < length) break;
    messages.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return { messages, rest: bytes.slice(at) };
}

export function framed(message: Uint8Array): Uint8Array {
  const out = new Uint8Array(message.length + 2);
  out.set([message.length >> 8, message.length & 0xff]);
  out.set(message, 2);
  return out;
}
