import { SLOT_BYTES } from '../core/image/layout.ts';
import { readSlot } from '../core/state/slot.ts';
import type { Slots } from './slots.ts';

/** The same slots; the body of each record that is written is kept elsewhere first, also where the drive does not take it. */
export const remembering = (slots: Slots, keep: (body: Uint8Array) => Promise<void>): Slots => ({
  names: slots.names,
  read: (name) => slots.read(name),
  async write(name, at, bytes) {
    const slot = new Uint8Array(SLOT_BYTES);
    slot.set(bytes, at);
    const record = readSlot(slot);
    if (record !== undefined) await keep(record.body);
    await slots.write(name, at, bytes);
  },
});
