import { sha256 } from '@noble/hashes/sha2.js';
import { ByteReader, ByteWriter, DecodeError } from '../net/bytes.ts';
import { cString, hex, utf8 } from '../net/text.ts';

/**
 * A slot holds one record of the machine's state and is only ever rewritten in place (docs/rules.md, rule 5). A record is
 * magic (8), version (4), length of the body (4), counter (8), SHA-256 of these and the body (32), body. In a slot it begins
 * at GUARD; the zeroes around it take what a stick damages beside the sectors it was writing when its power went.
 */
export interface SlotRecord {
  /** Goes up by one with every record of a drive, across its slots. */
  readonly counter: number;
  readonly body: Uint8Array;
}

/** Bytes at both ends of a slot that are never written, so that twice as many lie between the records of neighbouring slots. */
export const GUARD = 32 * 1024;
/** Records are whole sectors: the rest of the last one is zero. */
const SECTOR = 512;
const MAGIC = 'pxenslot';
const VERSION = 1;
const HASH = 32;
/** Bytes before the body. */
const HEAD = 24 + HASH;

/** Bytes of the longest body that a slot of this size holds. */
export const bodyRoom = (slotBytes: number): number => slotBytes - 2 * GUARD - HEAD;

/** What was written by a later version of pxen: whole, as far as this one can tell, and never to be overwritten by it. */
export class NewerRecord extends DecodeError {}

/** The bytes of a record, in whole sectors. */
export function writeSlot({ counter, body }: SlotRecord): Uint8Array {
  const head = new ByteWriter(HEAD + body.length + SECTOR)
    .put(utf8(MAGIC))
    .u32(VERSION)
    .u32(body.length)
    .u32(Math.floor(counter / 2 ** 32))
    .u32(counter % 2 ** 32);
  head.put(digest(head.bytes(), body)).put(body);
  return head.padTo(Math.ceil(head.length / SECTOR) * SECTOR).bytes();
}

/** The record of a slot; undefined where none was ever written. Throws DecodeError for one that is torn or damaged. */
export function readSlot(slot: Uint8Array): SlotRecord | undefined {
  // What a stick damaged beside its neighbour's record is no record either.
  if (!slot.subarray(GUARD, slot.length - GUARD).some((byte) => byte !== 0)) return undefined;
  const reader = new ByteReader(slot);
  reader.take(GUARD);
  const start = reader.take(24);
  const fields = new ByteReader(start);
  if (cString(fields.take(8)) !== MAGIC) throw new DecodeError('it begins with no record');
  const version = fields.u32();
  if (version > VERSION) throw new NewerRecord(`its record has version ${version}, this pxen knows ${VERSION}`);
  const [length, high, low] = [fields.u32(), fields.u32(), fields.u32()];
  const counter = high * 2 ** 32 + low;
  if (!Number.isSafeInteger(counter)) throw new DecodeError('its counter is senseless');
  const stated = reader.take(HASH);
  const body = reader.take(length);
  if (hex(digest(start, body)) !== hex(stated)) throw new DecodeError('its record is torn or damaged');
  return { counter, body };
}

const digest = (start: Uint8Array, body: Uint8Array): Uint8Array => sha256.create().update(start).update(body).digest();
