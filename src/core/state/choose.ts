import { DecodeError } from '../net/bytes.ts';
import { NewerRecord, readSlot, type SlotRecord } from './slot.ts';

/** What was read of a slot: its bytes, or why they could not be read. */
export interface SlotSeen {
  readonly name: string;
  readonly bytes: Uint8Array | { readonly unreadable: string };
}

/** A slot that holds no good record though one was written there. */
export interface DamagedSlot {
  readonly name: string;
  readonly why: string;
}

export interface Choice {
  /** The record in force; undefined where there is none. */
  readonly current: SlotRecord | undefined;
  /**
   * `kept`: a record is in force. `virgin`: none was ever written whole. `lost`: there was one, and every slot is damaged.
   * `newer`: a later version of pxen wrote here, and this one must not.
   */
  readonly kind: 'kept' | 'virgin' | 'lost' | 'newer';
  readonly damaged: readonly DamagedSlot[];
  /** Slots that the next record may go to, the best first: never the one in force. */
  readonly next: readonly string[];
}

type Read = { readonly name: string } & (
  | { readonly kind: 'record'; readonly record: SlotRecord }
  | { readonly kind: 'empty' }
  | { readonly kind: 'damaged' | 'unreadable' | 'newer'; readonly why: string }
);

/** The state that the slots of a drive hold: of those that verify the one with the highest counter. */
export function choose(seen: readonly SlotSeen[]): Choice {
  const slots = seen.map(readOne);
  const records = slots.flatMap((slot) => (slot.kind === 'record' ? [slot] : []));
  // Two of one counter are no work of pxen; the first one is taken, whoever reads them.
  const best = records.reduce<(typeof records)[number] | undefined>(
    (best, slot) => (best === undefined || slot.record.counter > best.record.counter ? slot : best),
    undefined,
  );
  const damaged = slots.flatMap((slot) => ('why' in slot ? [{ name: slot.name, why: slot.why }] : []));
  const next = slots
    .filter(({ name }) => name !== best?.name)
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ name }) => name);
  return { current: best?.record, kind: kindOf(slots, best !== undefined), damaged, next };
}

function readOne({ name, bytes }: SlotSeen): Read {
  if ('unreadable' in bytes) return { name, kind: 'unreadable', why: bytes.unreadable };
  try {
    const record = readSlot(bytes);
    return record === undefined ? { name, kind: 'empty' } : { name, kind: 'record', record };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { name, kind: error instanceof NewerRecord ? 'newer' : 'damaged', why: error.message };
  }
}

/** While one slot was never written, a damaged one beside it can only be the first record ever, cut off: nothing is lost. */
function kindOf(slots: readonly Read[], kept: boolean): Choice['kind'] {
  if (slots.some(({ kind }) => kind === 'newer')) return 'newer';
  if (kept) return 'kept';
  const isFirst = slots.some(({ kind }) => kind === 'empty') && slots.every(({ kind }) => kind !== 'unreadable');
  return isFirst ? 'virgin' : 'lost';
}

/** What is of no use is overwritten first, then the oldest record; what cannot be read will hardly be written. */
function rank(slot: Read): number {
  if (slot.kind === 'record') return slot.record.counter;
  return slot.kind === 'unreadable' ? Infinity : -1;
}
