import { writeFile } from 'node:fs/promises';
import { parseSecrets } from '../core/secrets/read.ts';
import { withSecrets } from '../core/state/exportedSecrets.ts';
import { writeDriveState, type DriveState } from '../core/state/driveState.ts';
import { writeExport } from '../core/state/exported.ts';
import { Failure, fileReason } from '../shell/fail.ts';
import { sign } from '../shell/keys.ts';
import { readState } from '../shell/state.ts';
import type { Call } from './call.ts';
import { textOfFile } from './clusterFile.ts';
import { slotsOf, stateIn, stateText } from './driveState.ts';
import { keptStateFor } from './keptState.ts';

/**
 * `pxen drive export`: all that a drive remembers, its key included, as one signed file; secrets.yaml only where that is asked for.
 * Never over a file that is there.
 */
export async function run(call: Call): Promise<number> {
  const [file] = call.words;
  if (file === undefined) throw new Failure('to which file?', 'Name it: pxen drive export FILE.', 2);
  // On host0 what is in RAM: it is the newest, and there when the drive is not.
  const { state } = call.values['drive'] === undefined ? await keptStateFor(undefined) : await onDrive(call);
  const secrets = call.values['secrets'];
  const kept = withSecrets(state, secrets === undefined ? undefined : await secretsText(secrets));
  const bytes = writeExport(writeDriveState(kept), (signed) => sign(state.identity, signed));
  await writeFile(file, bytes, { mode: 0o600, flag: 'wx', flush: true }).catch((cause: unknown) => {
    throw new Failure(`${file} cannot be written: ${fileReason(cause)}`, 'Name a new file.', 2, cause);
  });
  const also = secrets === undefined ? '' : ', and secrets.yaml';
  process.stdout.write(
    `${file} holds ${stateText(state)}${also}\nWhoever has it has the cluster's key: lock it away.\n`,
  );
  return 0;
}

/** The text of a secrets.yaml without mistakes. */
async function secretsText(file: string): Promise<string> {
  const text = await textOfFile(file);
  if ('secrets' in parseSecrets(text, file)) return text;
  throw new Failure(`${file} has mistakes`, 'Look at it with pxen check.', 2);
}

async function onDrive(call: Call): Promise<{ readonly state: DriveState }> {
  const { drive, slots } = await slotsOf(call);
  const state = stateIn(drive, await readState(slots));
  if (state !== undefined) return { state };
  throw new Failure(`${drive} was never started and has no state`, 'Boot a machine from it.');
}
