/** Little-endian numbers, as FAT, MBR and GRUB store them. Past the end of the bytes RangeError is thrown. */
const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const u16le = (bytes: Uint8Array, at: number): number => view(bytes).getUint16(at, true);
export const u32le = (bytes: Uint8Array, at: number): number => view(bytes).getUint32(at, true);

export const putU16le = (bytes: Uint8Array, at: number, value: number): void => view(bytes).setUint16(at, value, true);
export const putU32le = (bytes: Uint8Array, at: number, value: number): void => view(bytes).setUint32(at, value, true);
