const [CR, LF] = [0x0d, 0x0a];

/** A file as `netascii` sends it (RFC 1350 1, RFC 764): line ends as CR LF, a bare CR as CR NUL. */
export function netascii(bytes: Uint8Array): Uint8Array {
  const grows = bytes.reduce((count, byte) => count + (byte === CR || byte === LF ? 1 : 0), 0);
  const out = new Uint8Array(bytes.length + grows);
  let at = 0;
  for (const byte of bytes) {
    if (byte === LF) out[at++] = CR;
    out[at++] = byte;
    if (byte === CR) out[at++] = 0;
  }
  return out;
}
