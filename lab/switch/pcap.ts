import { isTcp } from './frame.ts';

/** The classic capture format (draft-ietf-opsawg-pcap), little-endian, microseconds. */
const MAGIC = 0xa1b2c3d4;
const LINKTYPE_ETHERNET = 1;
const SNAP_LENGTH = 262_144;
/** Of TCP only the beginning is kept: hundreds of megabytes of a root image tell nothing. */
export const TCP_KEPT = 256;

export function pcapHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(SNAP_LENGTH, 16);
  header.writeUInt32LE(LINKTYPE_ETHERNET, 20);
  return header;
}

/** How many bytes of `frame` are worth keeping. */
const keptLength = (frame: Uint8Array): number => (isTcp(frame, 0) ? Math.min(TCP_KEPT, frame.length) : frame.length);

/** One frame as a record; `at` is milliseconds since the epoch, with a fraction. */
export function pcapRecord(at: number, frame: Uint8Array): Buffer {
  const kept = keptLength(frame);
  const record = Buffer.allocUnsafe(16 + kept);
  record.writeUInt32LE(Math.floor(at / 1000), 0);
  record.writeUInt32LE(Math.floor((at % 1000) * 1000), 4);
  record.writeUInt32LE(kept, 8);
  record.writeUInt32LE(frame.length, 12);
  record.set(frame.subarray(0, kept), 16);
  return record;
}
