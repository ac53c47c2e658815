/** Little-endian numbers, as FAT, MBR and GRUB store them. Reading past the end throws RangeError. */
const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const u16le = (bytes: Uint8Array, at: number): number => view(bytes).getUint16(at, true);
export const u32le = (bytes: Uint8Array, at: number): number => view(bytes).getUint32(at, true);
