import { parseFacts } from '../core/discover/proc.ts';
import { readDriveState, type DriveState } from '../core/state/driveState.ts';
import { Failure } from '../shell/fail.ts';
import { realHostFiles } from '../shell/host-files.ts';
import { readKeptState } from '../shell/keptState.ts';
import { run } from '../shell/run.ts';
import { openSlots } from '../shell/slots.ts';
import { readState } from '../shell/state.ts';
import { stateIn } from './driveState.ts';

/** What the drive in force remembers. */
export interface Kept {
  readonly state: DriveState;
  /** From the copy that host0 keeps in RAM. */
  readonly isInRam: boolean;
  /** The same, read anew. */
  again(): Promise<Kept | undefined>;
}

/** From a folder laid out like a drive, where one is named; else what host0 keeps in RAM, and without that from the drive. */
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
  const body = folder === undefined ? await readKeptState() : undefined;
  if (body !== undefined) return { state: readDriveState(body), isInRam: true, again };
  const drive = folder ?? parseFacts((await realHostFiles.read('/run/pxen/boot.env')) ?? '')['PXEN_DRIVE'];
  if (!drive) {
    throw new Failure('this machine was not booted from a drive', 'Run it on host0, or name a folder: --from DIR.', 2);
  }
  const state = stateIn(drive, await readState(openSlots(drive, run)));
  return state === undefined ? undefined : { state, isInRam: false, again };
}
