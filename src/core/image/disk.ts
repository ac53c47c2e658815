import { DecodeError } from '../net/bytes.ts';

/** A disk or the image of one, for reading. Offsets and sizes in bytes. */
export interface Disk {
  readonly size: number;
  /** Exactly these bytes; throws Unreadable where they cannot be read. */
  read(at: number, length: number): Promise<Uint8Array>;
}

/** Hashes what comes, piece by piece: SHA-256, hex. Comes in as an argument: a machine does it faster than `core` can. */
export type Sha256 = (bytes: AsyncIterable<Uint8Array>) => Promise<string>;

/** A disk that does not give what stands on it: worn, cut off, pulled. */
export class Unreadable extends DecodeError {}
