import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { DecodeError } from '../core/net/bytes.ts';
import { withChange } from '../core/state/changes.ts';
import { writeDriveState, type DriveState } from '../core/state/driveState.ts';
import { readExport, whyNotOver } from '../core/state/exported.ts';
import { wallTime } from '../shell/clock.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import { isSigned } from '../shell/keys.ts';
import { readState, writeState } from '../shell/state.ts';
import type { Call } from './call.ts';
import { whoIs } from './clusterPlace.ts';
import { slotsOf, stateIn, stateText } from './driveState.ts';

/** `pxen drive import`: gives a drive what another one remembered. */
export async function run(call: Call): Promise<number> {
  const [file] = call.words;
  if (file === undefined) throw new Failure('from which file?', 'Name it: pxen drive import FILE.', 2);
  const state = await exportIn(file);
  const { drive, slots } = await slotsOf(call);
  const why = whyNotOver(stateIn(drive, await readState(slots)), state);
  if (why !== undefined && !call.switches.has('force')) {
    throw new Failure(why, 'Export what is on it first; then, if it may be forgotten: --force.', 2);
  }
  const change = { when: wallTime(), who: whoIs(), what: `drive import ${basename(file)}` };
  const slot = await writeState(slots, writeDriveState(withChange(state, change)));
  process.stdout.write(`${drive} remembers ${stateText(state)} (${slot}, read back and right)\n`);
  return 0;
}

async function exportIn(file: string): Promise<DriveState> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new Failure(`${file} cannot be read: ${sentenceOf(cause)}`, 'Name a file of pxen drive export.', 2, cause);
  });
  try {
    return readExport(bytes, (publicKey, signed, signature) => isSigned({ publicKey }, signed, signature));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new Failure(`${file} cannot be used: ${error.message}`, 'Take another copy of it.', 2, error);
  }
}
