/** Little-endian numbers, as FAT, MBR and GRUB store them. Past the end of the bytes RangeError is thrown. */
export function u16le(bytes: Uint8Array, at: number): number {
  const high = bytes[at + 1];
  if (high === undefined) throw new RangeError(`there are no two bytes at ${at}`);
  return (bytes[at] ?? 0) | (high << 8);
}

/** Byte by byte: a DataView for each entry of a FAT took most of the time that it takes to read a drive. */
export function u32le(bytes: Uint8Array, at: number): number {
  const top = bytes[at + 3];
  if (top === undefined) throw new RangeError(`there are no four bytes at ${at}`);
  return (u16le(bytes, at) | ((bytes[at + 2] ?? 0) << 16)) + top * 2 ** 24;
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const putU16le = (bytes: Uint8Array, at: number, value: number): void => view(bytes).setUint16(at, value, true);
export const putU32le = (bytes: Uint8Array, at: number, value: number): void => view(bytes).setUint32(at, value, true);
