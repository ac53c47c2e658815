import { DecodeError } from '../core/net/bytes.ts';
import type { Choice } from '../core/state/choose.ts';
import { readDriveState, type DriveState } from '../core/state/driveState.ts';
import { Failure } from '../shell/fail.ts';
import { isThere } from '../shell/isThere.ts';
import { run } from '../shell/run.ts';
import { openSlots, type Slots } from '../shell/slots.ts';
import type { Call } from './call.ts';
import { bootFacts } from './onHost.ts';

/** The slots of the drive that was named; on a host without a name, of the one that it was booted from. */
export async function slotsOf({ values }: Call): Promise<{ readonly drive: string; readonly slots: Slots }> {
  const drive = values['drive'] ?? (await bootFacts())['PXEN_DRIVE'];
  if (!drive) throw new Failure('which drive?', 'Name its device, its image or its folder: --drive DEVICE.', 2);
  if (!(await isThere(drive)))
    throw new Failure(`${drive} is not there`, 'Look at its name; lsblk shows the devices that are plugged in.', 2);
  return { drive, slots: openSlots(drive, run) };
}

/** What a drive remembers; undefined for a virgin one. Throws a Failure where it cannot be used. */
export function stateIn(drive: string, { kind, current, damaged }: Choice): DriveState | undefined {
  if (kind === 'virgin') return undefined;
  const anew =
    'Is it the drive that you mean? pxen drive check DEVICE says what is wrong with one; pxen drive write makes a new one.';
  if (kind === 'newer') throw new Failure(`a later version of pxen wrote the state of ${drive}`, 'Use that version.');
  if (current === undefined) {
    const each = damaged.map(({ name, why }) => `${name}: ${why}`).join('; ');
    throw new Failure(`the state of ${drive} cannot be read: ${each}`, anew);
  }
  try {
    return readDriveState(current.body);
  } catch (error) {
    if (error instanceof DecodeError)
      throw new Failure(`the state of ${drive} cannot be used: ${error.message}`, anew, 1, error);
    throw error;
  }
}

/** One line about it, for people. */
export const stateText = ({ identity: { cluster, drive, generation } }: DriveState): string =>
  `cluster ${cluster}, drive ${drive}, generation ${generation}`;
