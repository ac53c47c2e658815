import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { DecodeError } from '../core/net/bytes.ts';
import { withChange } from '../core/state/changes.ts';
import { writeDriveState, type DriveState } from '../core/state/driveState.ts';
import { readExport, whyNotOver } from '../core/state/exported.ts';
import { takeSecrets } from '../core/state/exportedSecrets.ts';
import { wallTime } from '../shell/clock.ts';
import { Failure, fileReason } from '../shell/fail.ts';
import { isSigned } from '../shell/keys.ts';
import { readState, writeState } from '../shell/state.ts';
import type { Call } from './call.ts';
import { whoIs } from './clusterPlace.ts';
import { slotsOf, stateIn, stateText } from './driveState.ts';

/** `pxen drive import`: gives a drive what another one remembered. */
export async function run(call: Call): Promise<number> {
  const [file] = call.words;
  if (file === undefined) throw new Failure('from which file?', 'Name it: pxen drive import FILE.', 2);
  const { state, secrets } = takeSecrets(await exportIn(file));
  const { drive, slots } = await slotsOf(call);
  const why = whyNotOver(stateIn(drive, await readState(slots)), state);
  if (why !== undefined && !call.switches.has('force')) {
    throw new Failure(why, 'Export what is on it first; then, if it may be forgotten: --force.', 2);
  }
  const change = { when: wallTime(), who: whoIs(), what: `drive import ${basename(file)}` };
  const slot = await writeState(slots, writeDriveState(withChange(state, change)));
  process.stdout.write(`${drive} remembers ${stateText(state)} (${slot}, read back and right)\n`);
  await putSecrets(secrets, file, call.values['secrets']);
  return 0;
}

/** secrets.yaml is a file of its own; where nobody says whereto, it stays in the export. */
async function putSecrets(text: string | undefined, file: string, to: string | undefined): Promise<void> {
  if (to === undefined) {
    if (text !== undefined) process.stdout.write(`${file} also holds secrets.yaml: --secrets FILE writes it there\n`);
    return;
  }
  if (text === undefined) throw new Failure(`${file} holds no secrets.yaml`, 'Export it with --secrets.', 2);
  await writeFile(to, text, { mode: 0o600, flag: 'wx', flush: true }).catch((cause: unknown) => {
    throw new Failure(`${to} cannot be written: ${fileReason(cause)}`, 'Name a new file.', 2, cause);
  });
  process.stdout.write(`${to} is secrets.yaml as it was exported\n`);
}

async function exportIn(file: string): Promise<DriveState> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new Failure(`${file} cannot be read: ${fileReason(cause)}`, 'Name a file of pxen drive export.', 2, cause);
  });
  try {
    return readExport(bytes, (publicKey, signed, signature) => isSigned({ publicKey }, signed, signature));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new Failure(`${file} cannot be used: ${error.message}`, 'Take another copy of it.', 2, error);
  }
}
