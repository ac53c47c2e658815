import { choose, type Choice, type SlotSeen } from '../core/state/choose.ts';
import { bodyRoom, GUARD, writeSlot } from '../core/state/slot.ts';
import { SLOT_BYTES } from '../core/image/layout.ts';
import { Failure, sentenceOf } from './fail.ts';
import type { Slots } from './slots.ts';

/** Reads every slot; one that cannot be read is part of the choice, and no failure. */
export async function readState(slots: Slots): Promise<Choice> {
  const seen: SlotSeen[] = [];
  for (const name of slots.names) seen.push({ name, bytes: await readOne(slots, name) });
  return choose(seen);
}

const readOne = (slots: Slots, name: string): Promise<SlotSeen['bytes']> =>
  slots.read(name).catch((error: unknown) => ({ unreadable: sentenceOf(error) }));

/**
 * Writes a new record, and gives the slot that holds it. The slots are read anew before, so that the one in force is never
 * written to; each of the others is tried until one gives back what was written. Throws a Failure where none does: what was
 * in force before is in force still. `refuse` says why not, from the body that is in force: another drive may have been put in.
 */
export async function writeState(
  slots: Slots,
  body: Uint8Array,
  refuse: (current: Uint8Array | undefined) => string | undefined = () => undefined,
): Promise<string> {
  const room = bodyRoom(SLOT_BYTES);
  if (body.length > room) {
    throw new Failure(`the state has ${body.length} bytes, a slot holds ${room}`, 'Make cluster.yaml shorter.');
  }
  const { current, kind, next, damaged } = await readState(slots);
  if (kind === 'newer') {
    throw new Failure('the state of the drive was written by a later version of pxen', 'Use that version again.');
  }
  if (kind === 'lost') {
    const each = damaged.map(({ name, why }) => `${name}: ${why}`).join('; ');
    throw new Failure(`no slot of the drive holds a good record: ${each}`, 'See whether the drive is plugged in.');
  }
  const why = refuse(current?.body);
  if (why !== undefined) throw new Failure(why, 'Put the drive back that this host was booted from.');
  const record = writeSlot({ counter: (current?.counter ?? 0) + 1, body });
  const problems: string[] = [];
  for (const name of next) {
    const problem = await writeOne(slots, name, record);
    if (problem === undefined) return name;
    problems.push(`${name}: ${problem}`);
  }
  throw new Failure(
    `the state could not be kept on the drive: ${problems.join('; ')}`,
    'The drive is failing, or write-protected. Write another one (pxen drive export, drive write, drive import).',
  );
}

/** Why a slot did not take the record; undefined where it did. */
async function writeOne(slots: Slots, name: string, record: Uint8Array): Promise<string | undefined> {
  try {
    await slots.write(name, GUARD, record);
    const back = (await slots.read(name)).subarray(GUARD, GUARD + record.length);
    return Buffer.from(back).equals(record) ? undefined : 'it gives other bytes back than were written';
  } catch (error) {
    return sentenceOf(error);
  }
}
