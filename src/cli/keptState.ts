import { SLOTS } from '../core/image/layout.ts';
import { readDriveState, type DriveState } from '../core/state/driveState.ts';
import { Failure } from '../shell/fail.ts';
import { isThere } from '../shell/isThere.ts';
import { readKeptState } from '../shell/keptState.ts';
import { run } from '../shell/run.ts';
import { openSlots } from '../shell/slots.ts';
import { readState } from '../shell/state.ts';
import { stateIn } from './driveState.ts';
import { bootFacts, IN_RAM } from './onHost.ts';

/** What the drive in force remembers. */
export interface Kept {
  readonly state: DriveState;
  /** It is that of the host which this machine is. */
  readonly isHost0: boolean;
  /** The drive that this host was booted from. */
  readonly device: string | undefined;
  /** The same, read anew. */
  readonly again: () => Promise<Kept | undefined>;
}

/**
 * From a folder laid out like a drive, where one is named. On a host: what host0 keeps in RAM; before it has kept anything, what
 * stage 1 took along; else the drive itself.
 */
export async function keptStateFor(folder: string | undefined): Promise<Kept> {
  const kept = await read(folder);
  if (kept !== undefined) return kept;
  throw new Failure(
    `${folder ?? 'the drive'} was never started and has no state`,
    'A drive that is to begin a cluster of its own: pxen drive write DEVICE.',
  );
}

async function read(folder: string | undefined): Promise<Kept | undefined> {
  const again = (): Promise<Kept | undefined> => read(folder);
  if (folder !== undefined) return among([folder], { isHost0: false, device: undefined, again });
  const device = (await bootFacts())['PXEN_DRIVE'];
  if (!device) {
    throw new Failure(
      'this machine was not booted from a drive',
      'Run it on host0, or name the folder or drive that is meant (see --help).',
      2,
    );
  }
  const body = await readKeptState();
  if (body !== undefined) return { state: readDriveState(body), isHost0: true, device, again };
  const inRam = await isThere(`${IN_RAM}/${SLOTS[0]}`);
  return among(inRam ? [IN_RAM, device] : [device], { isHost0: true, device, again });
}

/** The first of these places that remembers something. */
async function among(places: readonly string[], rest: Omit<Kept, 'state'>): Promise<Kept | undefined> {
  for (const place of places) {
    const state = stateIn(place, await readState(openSlots(place, run)));
    if (state !== undefined) return { state, ...rest };
  }
  return undefined;
}
