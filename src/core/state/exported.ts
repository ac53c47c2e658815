import { ByteReader, ByteWriter, DecodeError } from '../net/bytes.ts';
import { cString, utf8 } from '../net/text.ts';
import { relation } from '../identity/chain.ts';
import { readDriveState, type DriveState } from './driveState.ts';

/**
 * All that a drive remembers as one file: magic (8), version (4), length of the body (4), body as in a slot, and the Ed25519
 * signature (64) of all before it by the key of the cluster that is in it. The signature says that the file is whole and was
 * made by who has the key; that it is the right cluster is for the reader to see.
 */
const MAGIC = 'pxenkept';
const VERSION = 1;
const SIGNATURE = 64;

export type Sign = (bytes: Uint8Array) => Uint8Array;
export type Verify = (publicKey: string, bytes: Uint8Array, signature: Uint8Array) => boolean;

export function writeExport(body: Uint8Array, sign: Sign): Uint8Array {
  const writer = new ByteWriter(16 + body.length + SIGNATURE);
  writer.put(utf8(MAGIC)).u32(VERSION).u32(body.length).put(body);
  return writer.put(sign(writer.bytes())).bytes();
}

/** Throws DecodeError for what is no whole and rightly signed export. */
export function readExport(bytes: Uint8Array, verify: Verify): DriveState {
  const reader = new ByteReader(bytes);
  if (cString(reader.take(8)) !== MAGIC) throw new DecodeError('it is no export of a drive');
  const version = reader.u32();
  if (version !== VERSION) throw new DecodeError(`it has version ${version}, this pxen knows ${VERSION}`);
  const body = reader.take(reader.u32());
  const signed = bytes.subarray(0, reader.position);
  const signature = reader.take(SIGNATURE);
  reader.end();
  const state = readDriveState(body);
  if (!verify(state.identity.publicKey, signed, signature))
    throw new DecodeError('its signature is not that of its cluster');
  return state;
}

/** Why an export must not replace what a drive remembers; undefined where it may. */
export function whyNotOver(present: DriveState | undefined, imported: DriveState): string | undefined {
  if (present === undefined) return undefined;
  if (present.identity.cluster !== imported.identity.cluster)
    return `the drive belongs to another cluster, ${present.identity.cluster}`;
  if (present.identity.generation > imported.identity.generation)
    return `the drive has generation ${present.identity.generation}, the file ${imported.identity.generation}`;
  const { kind } = relation(imported.chain, present.chain);
  if (kind === 'same' || kind === 'ahead') return undefined;
  return 'the drive was started since the file was made, and would forget that';
}
