import { join } from 'node:path';
import type { HostEntry } from '../core/cluster/schema.ts';
import { whyNothing } from '../core/secrets/hostSecrets.ts';
import { fingerprint } from '../core/ssh/hostKey.ts';
import { hostKeyOf } from '../core/state/hostKeys.ts';
import { Failure } from '../shell/fail.ts';
import { isThere } from '../shell/isThere.ts';
import { readState } from '../shell/state.ts';
import type { Call } from './call.ts';
import { fileNamed } from './clusterFile.ts';
import { slotsOf, stateIn } from './driveState.ts';

/** What is known here of a host's SSH key: the fingerprint where the drive can be read, and whether the key stays. */
export interface ShownKey {
  readonly fingerprint: string | null;
  readonly stays: boolean;
  /** A sentence where it does not, or where the fingerprint is not to be had here. */
  readonly note: string | null;
}

export async function shownKey(host: HostEntry, call: Call): Promise<ShownKey> {
  const { mac, uuid } = host;
  const why = whyNothing({ hosts: [host] }, { uuid: uuid ?? '', macs: mac === undefined ? [] : [mac] });
  if (why !== undefined || uuid === undefined)
    return { fingerprint: null, stays: false, note: `a new one at each boot: ${why ?? 'it has no uuid'}` };
  try {
    const { drive, slots } = await slotsOf(await onDrive(call));
    const key = hostKeyOf(stateIn(drive, await readState(slots))?.hostKeys ?? [], uuid);
    if (key !== undefined) return { fingerprint: fingerprint(key), stays: true, note: null };
    return { fingerprint: null, stays: true, note: 'host0 makes it when it reads this file' };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { fingerprint: null, stays: true, note: 'it is kept on the drive; pxen status shows its fingerprint' };
  }
}

/** The folder of the file, where it is laid out like a drive; else this host's own. */
async function onDrive(call: Call): Promise<Call> {
  const { folder } = await fileNamed(call.values['file'] ?? '.');
  const hasState = await isThere(join(folder ?? '', 'state'));
  return folder === undefined || !hasState ? call : { ...call, values: { ...call.values, drive: folder } };
}

export const keyText = ({ fingerprint: shown, note }: ShownKey): string =>
  `SSH host key: ${[shown, note].filter((part) => part !== null).join('; ')}\n`;
