import { grubenvText, parseGrubenv } from '../boot/grubenv.ts';
import { successor } from '../identity/identity.ts';
import { cString, utf8 } from '../net/text.ts';
import { writeDriveState, type DriveState } from '../state/driveState.ts';
import { GUARD, writeSlot } from '../state/slot.ts';
import { whyNoName } from './fat/makeEntries.ts';
import { CLUSTER_FILE, GRUBENV, RELEASES, SLOT_BYTES, SLOTS } from './layout.ts';
import { heldSource, type Source } from './newDrive.ts';

/** The files of a drive that takes another one's place. */
export interface Replacement {
  readonly files: readonly Source[];
  /** Files that cannot stand on FAT. */
  readonly leftOut: readonly { readonly path: string; readonly why: string }[];
}

/**
 * What the new drive remembers: all that the old one did, as its successor. A change of `cluster.yaml` that the old drive did not
 * take to its end is not in force, and is left behind. `chance`: 16 bytes.
 */
export const succeeding = (state: DriveState, chance: Uint8Array): DriveState => ({
  ...state,
  identity: successor(state.identity, chance),
  clusterFile: state.before ?? state.clusterFile,
  before: undefined,
});

/**
 * The files of the new drive: those that there are (laid out like a drive), with slots that hold its state. `boot/grubenv` names
 * only releases that are there. Where the administrator's file is gone, the last good one is put in its place.
 */
export async function replacementFiles(found: readonly Source[], state: DriveState): Promise<Replacement> {
  const leftOut = found.flatMap(({ path }) => {
    const why = path
      .split('/')
      .map(whyNoName)
      .find((one) => one !== undefined);
    return why === undefined ? [] : [{ path, why }];
  });
  const others = new Set([...SLOTS, ...leftOut.map(({ path }) => path)]);
  const kept = found.filter(({ path }) => !others.has(path));
  const files: Source[] = [];
  for (const file of kept) files.push(file.path === GRUBENV ? await withoutAbsent(file, kept) : file);
  const { clusterFile } = state;
  if (clusterFile !== undefined && !kept.some(({ path }) => path.startsWith(CLUSTER_FILE))) {
    files.push(heldSource(CLUSTER_FILE, utf8(clusterFile)));
  }
  return { files: [...slots(state), ...files], leftOut };
}

/** Every slot holds a record: with an empty one a drive could count as virgin. */
function slots(state: DriveState): Source[] {
  const body = writeDriveState(state);
  return SLOTS.map((path, index) => {
    const bytes = new Uint8Array(SLOT_BYTES);
    bytes.set(writeSlot({ counter: index + 1, body }), GUARD);
    return heldSource(path, bytes);
  });
}

/** The release before the current one is not kept in RAM. */
async function withoutAbsent(file: Source, all: readonly Source[]): Promise<Source> {
  const values = Object.fromEntries(parseGrubenv(cString(await file.read(0, file.size))));
  const isThere = (release: string): boolean => all.some(({ path }) => path.startsWith(`${RELEASES}/${release}/`));
  if (isThere(values['previous'] ?? '')) return file;
  const { previous, previous_manifest, ...rest } = values;
  return previous === undefined && previous_manifest === undefined
    ? file
    : heldSource(GRUBENV, utf8(grubenvText(rest)));
}
