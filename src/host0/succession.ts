import { BOOT_FACTS } from '../core/boot/hostPaths.ts';
import { parseGrubenv } from '../core/boot/grubenv.ts';
import { factsText, parseFacts } from '../core/discover/proc.ts';
import type { Identity } from '../core/identity/identity.ts';
import { kinOf, type Kin } from '../core/identity/kin.ts';
import { ADDONS, CLUSTER_FILE, GRUBENV, OVERLAY } from '../core/image/layout.ts';
import { DecodeError } from '../core/net/bytes.ts';
import { cString } from '../core/net/text.ts';
import { readDriveState } from '../core/state/driveState.ts';
import type { Drives } from '../shell/driveContent.ts';
import { Failure } from '../shell/fail.ts';
import type { HostFiles } from '../shell/host-files.ts';
import type { Log } from '../shell/log.ts';
import type { Plugged } from '../shell/plugged.ts';

/** What is needed to find out which of the drives that are plugged in is the one in force, and to go over to it. */
export interface SuccessionDeps {
  readonly drives: Drives;
  /** What the drive in force remembers, as this host has it in RAM. */
  readonly kept: () => Promise<Uint8Array | undefined>;
  readonly keep: (body: Uint8Array) => Promise<void>;
  /** Puts files of a drive where this host serves from, in place of those of these names. */
  readonly put: (instead: readonly string[], files: ReadonlyMap<string, Uint8Array>) => Promise<void>;
  /** Makes the link by which udev calls a drive, where it is not there yet. */
  readonly link: (drive: Plugged, link: string) => Promise<void>;
  readonly files: Pick<HostFiles, 'read' | 'write'>;
  readonly log: Log;
}

/** Another drive of this cluster, and how it stands to the one in force. */
export interface Relative extends Plugged {
  readonly identity: Identity;
  readonly kin: Exclude<Kin, 'stranger'>;
}

const LINK = '/dev/disk/by-uuid/';
/** Names of the administrator's files and folders in the root of a drive. */
const WISHES = [CLUSTER_FILE, `${CLUSTER_FILE}.txt`, 'secrets.yaml', 'secrets.yaml.txt', OVERLAY, ADDONS];

/** How udev calls the partition of a drive, wherever it is plugged in. */
const deviceOf = ({ volume }: Pick<Plugged, 'volume'>): string => LINK + volume;
export const volumeOf = (device: string): string => (device.startsWith(LINK) ? device.slice(LINK.length) : '');

export function identityIn(body: Uint8Array | undefined): Identity | undefined {
  try {
    return body === undefined ? undefined : readDriveState(body).identity;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** The other drives of this cluster among those that are plugged in; the best first. */
export async function relativesOf(
  own: Identity,
  others: readonly Plugged[],
  drives: Drives,
): Promise<readonly Relative[]> {
  const relatives: Relative[] = [];
  for (const plugged of others) {
    const identity = identityIn(await drives.body(plugged.path));
    const kin = identity === undefined ? 'stranger' : kinOf(own, identity);
    if (identity !== undefined && kin !== 'stranger') relatives.push({ ...plugged, identity, kin });
  }
  return relatives.toSorted((a, b) => b.identity.generation - a.identity.generation);
}

/**
 * The device of the drive to serve from: the one that this host was booted from, or another one that has taken its place
 * (docs/rules.md, rule 3). Then this host goes over to it: its wishes and its state are in force. Throws a Failure where that
 * drive holds another release than the one that runs here.
 */
export async function driveInForce(device: string, release: string | undefined, deps: SuccessionDeps): Promise<string> {
  const { drives, log } = deps;
  const plugged = await drives.plugged();
  const mine = plugged.find(({ volume }) => volume === volumeOf(device));
  const others = plugged.filter((one) => one !== mine);
  if (others.length === 0) return device;
  const own = identityIn((mine && (await drives.body(mine.path))) ?? (await deps.kept()));
  const best = own && (await relativesOf(own, others, drives)).find(({ kin }) => kin === 'successor');
  if (own === undefined || best === undefined) return device;
  const current = await currentOn(best.path, drives);
  if (current !== release) {
    throw new Failure(
      `this machine was started from a former drive (generation ${own.generation}); the one that took its place, in ${best.path}, has release ${current ?? 'none'}`,
      'Pull the former drive out and restart this machine.',
    );
  }
  await goOver(device, best, deps);
  log.say('DRIVE_SUCCESSOR', { device: best.path, generation: best.identity.generation });
  return deviceOf(best);
}

async function currentOn(path: string, drives: Drives): Promise<string | undefined> {
  const bytes = (await drives.files(path, /^boot\/grubenv$/i)).get(GRUBENV);
  return bytes && parseGrubenv(cString(bytes)).get('current');
}

const ARGUMENTS = '/run/pxen/host0.env';

async function goOver(device: string, best: Relative, deps: SuccessionDeps): Promise<void> {
  const { drives, files } = deps;
  const wishes = await drives.files(best.path, /^(cluster\.yaml|secrets\.yaml|overlay\/.*|addons\/.*)(\.txt)?$/i);
  const body = await drives.body(best.path);
  await deps.link(best, deviceOf(best));
  await deps.put(WISHES, wishes);
  if (body !== undefined) await deps.keep(body);
  const facts = parseFacts((await files.read(BOOT_FACTS)) ?? '');
  await files.write(BOOT_FACTS, factsText({ ...facts, PXEN_DRIVE: deviceOf(best) }));
  // With these it begins anew, when the former drive may be pulled, or be the only one left.
  const begun = await files.read(ARGUMENTS);
  if (begun !== undefined) await files.write(ARGUMENTS, begun.replace(device, deviceOf(best)));
}
